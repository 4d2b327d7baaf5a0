//! OLMoE (arXiv 2409.02060): experts, weighted by their share of all, and queries and keys normalised over all heads at once.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{Experts, Head, Projections},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{Gate, Pairs, Program, TensorId};

struct Layer {
    attn_norm: TensorId, // [D]
    attn: Projections,
    attn_q_norm: TensorId, // [H·E]
    attn_k_norm: TensorId, // [K·E]
    ffn_norm: TensorId,    // [D]
    ffn: Experts,
}

/// Reads an olmoe file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    let c = Sizes::from_gguf(header, &keys)?;
    let ffn = keys.size("feed_forward_length")?; // F
    let experts = [keys.size("expert_count")?, keys.size("expert_used_count")?];
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Halves)?;

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let token_embd = file.matrix(&mut p, "token_embd.weight", c.vocabulary, c.dim)?;
    let layers = (0..c.layers)
        .map(|l| Layer::from_gguf(&mut file, &mut p, l, &c, ffn, experts))
        .collect::<Result<Vec<_>, _>>()?;
    let head = Head::from_gguf(&mut file, &mut p, &c, token_embd)?;
    file.finish()?;

    let mut x = p.embed(token_embd)?;
    for (l, layer) in layers.iter().enumerate() {
        let h = p.rms_norm(x, layer.attn_norm, eps)?;
        let [q, k, v] = layer.attn.qkv(&mut p, h)?;
        let q = p.rms_norm(q, layer.attn_q_norm, eps)?;
        let k = p.rms_norm(k, layer.attn_k_norm, eps)?;
        let (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
        let attended = layer.attn.attend(&mut p, l, [q, k, v], c.attention())?;
        x = p.add(x, attended)?;

        let h = p.rms_norm(x, layer.ffn_norm, eps)?;
        let fed = layer.ffn.mix(&mut p, h, Gate::Softmax, 1.0)?;
        x = p.add(x, fed)?;
    }
    let logits = head.logits(&mut p, x, eps)?;
    p.head(logits)?;
    Model::new(header, &c, p)
}

impl Layer {
    fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        l: usize,
        c: &Sizes,
        ffn: usize,
        experts: [usize; 2],
    ) -> Result<Self, ModelError> {
        Ok(Self {
            attn_norm: file.vector(p, &format!("blk.{l}.attn_norm.weight"), c.dim)?,
            attn: Projections::from_gguf(file, p, l, c)?,
            attn_q_norm: file.vector(p, &format!("blk.{l}.attn_q_norm.weight"), c.heads * c.head_dim)?,
            attn_k_norm: file.vector(p, &format!("blk.{l}.attn_k_norm.weight"), c.kv_heads * c.head_dim)?,
            ffn_norm: file.vector(p, &format!("blk.{l}.ffn_norm.weight"), c.dim)?,
            ffn: Experts::from_gguf(file, p, l, c.dim, ffn, experts)?,
        })
    }
}
