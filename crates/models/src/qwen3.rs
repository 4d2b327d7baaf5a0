//! Qwen 3, dense and with experts (arXiv 2505.09388): queries and keys are normalised head by head before they are rotated.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{Experts, GatedFfn, Head, Projections},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{Gate, Pairs, Program, TensorId};

struct Layer {
    attn_norm: TensorId, // [D]
    attn: Projections,
    attn_q_norm: TensorId, // [E]
    attn_k_norm: TensorId, // [E]
    ffn_norm: TensorId,    // [D]
    ffn: Ffn,
}

enum Ffn {
    Dense(GatedFfn),
    Mixture(Experts),
}

/// Reads a qwen3 or qwen3moe file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    keys.refuse("attention.sliding_window", "a sliding window in a Qwen 3")?;
    let c = Sizes::from_gguf(header, &keys)?;
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Halves)?;
    let scale = keys.opt_float("expert_weights_scale")?.filter(|&scale| scale != 0.0).unwrap_or(1.0);

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let token_embd = file.matrix(&mut p, "token_embd.weight", c.vocabulary, c.dim)?;
    let layers = (0..c.layers)
        .map(|l| Layer::from_gguf(&mut file, &mut p, l, &c, &keys))
        .collect::<Result<Vec<_>, _>>()?;
    let head = Head::from_gguf(&mut file, &mut p, &c, token_embd)?;
    file.finish()?;

    let mut x = p.embed(token_embd)?;
    for (l, layer) in layers.iter().enumerate() {
        let h = p.rms_norm(x, layer.attn_norm, eps)?;
        let [q, k, v] = layer.attn.qkv(&mut p, h)?;
        let q = p.head_norm(q, Some(layer.attn_q_norm), c.head_dim, eps)?;
        let k = p.head_norm(k, Some(layer.attn_k_norm), c.head_dim, eps)?;
        let (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
        let attended = layer.attn.attend(&mut p, l, [q, k, v], c.attention())?;
        x = p.add(x, attended)?;

        let h = p.rms_norm(x, layer.ffn_norm, eps)?;
        let fed = match &layer.ffn {
            Ffn::Dense(ffn) => ffn.swiglu(&mut p, h)?,
            Ffn::Mixture(experts) => experts.mix(&mut p, h, Gate::ChosenSoftmax, scale)?,
        };
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
        keys: &Keys<'_>,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            attn_norm: file.vector(p, &format!("blk.{l}.attn_norm.weight"), c.dim)?,
            attn: Projections::from_gguf(file, p, l, c)?,
            attn_q_norm: file.vector(p, &format!("blk.{l}.attn_q_norm.weight"), c.head_dim)?,
            attn_k_norm: file.vector(p, &format!("blk.{l}.attn_k_norm.weight"), c.head_dim)?,
            ffn_norm: file.vector(p, &format!("blk.{l}.ffn_norm.weight"), c.dim)?,
            ffn: match keys.opt_size("expert_count")?.unwrap_or(0) {
                0 => Ffn::Dense(GatedFfn::from_gguf(file, p, l, c.dim, keys.size("feed_forward_length")?)?),
                count => {
                    let (used, ffn) =
                        (keys.size("expert_used_count")?, keys.size("expert_feed_forward_length")?);
                    Ffn::Mixture(Experts::from_gguf(file, p, l, c.dim, ffn, [count, used])?)
                }
            },
        })
    }
}
