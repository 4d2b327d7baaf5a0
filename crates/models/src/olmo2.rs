//! OLMo 2 (arXiv 2501.00656): norms come after each half of a block and not before, and queries and keys are normalised over
//! all heads at once.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{GatedFfn, Head, Projections},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{Pairs, Program, TensorId};

struct Layer {
    attn: Projections,
    attn_q_norm: TensorId,         // [H·E]
    attn_k_norm: TensorId,         // [K·E]
    post_attention_norm: TensorId, // [D]
    ffn: GatedFfn,
    post_ffw_norm: TensorId, // [D]
}

/// Reads an olmo2 file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    keys.refuse("attention.sliding_window", "a sliding window in an OLMo 2, as OLMo 3 has")?;
    let c = Sizes::from_gguf(header, &keys)?;
    let ffn = keys.size("feed_forward_length")?; // F
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Halves)?;

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let token_embd = file.matrix(&mut p, "token_embd.weight", c.vocabulary, c.dim)?;
    let layers = (0..c.layers)
        .map(|l| Layer::from_gguf(&mut file, &mut p, l, &c, ffn))
        .collect::<Result<Vec<_>, _>>()?;
    let head = Head::from_gguf(&mut file, &mut p, &c, token_embd)?;
    file.finish()?;

    let mut x = p.embed(token_embd)?;
    for (l, layer) in layers.iter().enumerate() {
        let [q, k, v] = layer.attn.qkv(&mut p, x)?;
        let q = p.rms_norm(q, layer.attn_q_norm, eps)?;
        let k = p.rms_norm(k, layer.attn_k_norm, eps)?;
        let (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
        let attended = layer.attn.attend(&mut p, l, [q, k, v], c.attention())?;
        let attended = p.rms_norm(attended, layer.post_attention_norm, eps)?;
        x = p.add(x, attended)?;

        let fed = layer.ffn.swiglu(&mut p, x)?;
        let fed = p.rms_norm(fed, layer.post_ffw_norm, eps)?;
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
    ) -> Result<Self, ModelError> {
        Ok(Self {
            attn: Projections::from_gguf(file, p, l, c)?,
            attn_q_norm: file.vector(p, &format!("blk.{l}.attn_q_norm.weight"), c.heads * c.head_dim)?,
            attn_k_norm: file.vector(p, &format!("blk.{l}.attn_k_norm.weight"), c.kv_heads * c.head_dim)?,
            post_attention_norm: file.vector(p, &format!("blk.{l}.post_attention_norm.weight"), c.dim)?,
            ffn: GatedFfn::from_gguf(file, p, l, c.dim, ffn)?,
            post_ffw_norm: file.vector(p, &format!("blk.{l}.post_ffw_norm.weight"), c.dim)?,
        })
    }
}
