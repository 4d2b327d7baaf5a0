//! Phi-3, Phi-3.5 and Phi-4 mini (arXiv 2404.14219, 2503.01743): queries, keys and values are one matrix, gate and up another;
//! a window; long contexts by other factors of the frequencies (LongRoPE, arXiv 2402.13753).

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{Head, Linear},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{AttentionShape, Pairs, Program, Span, TensorId};

struct Layer {
    attn_norm: TensorId, // [D]
    attn_qkv: Linear,    // [(H + 2·K)·E, D]
    attn_output: Linear, // [D, H·E]
    ffn_norm: TensorId,  // [D]
    ffn_up: Linear,      // [2·F, D], gate above up
    ffn_down: Linear,    // [D, F]
}

/// Reads a phi3 file's header, for contexts of at most `positions`.
pub(crate) fn model(header: &Header, positions: usize) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    let c = Sizes::from_gguf(header, &keys)?;
    let ffn = keys.size("feed_forward_length")?; // F
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    // As the published code has it; llama.cpp has switched the window off for this architecture.
    let span = match keys.opt_size("attention.sliding_window")? {
        None | Some(0) => Span::All,
        Some(width) => Span::Window(width),
    };

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let rope = long_rope(&keys, &mut file, &mut p, &c, positions)?;
    let token_embd = file.matrix(&mut p, "token_embd.weight", c.vocabulary, c.dim)?;
    let layers = (0..c.layers)
        .map(|l| Layer::from_gguf(&mut file, &mut p, l, &c, ffn))
        .collect::<Result<Vec<_>, _>>()?;
    let head = Head::from_gguf(&mut file, &mut p, &c, token_embd)?;
    file.finish()?;

    let attention = AttentionShape { span, ..c.attention() };
    let (wide, narrow) = (c.heads * c.head_dim, c.kv_heads * c.head_dim);
    let mut x = p.embed(token_embd)?;
    for (l, layer) in layers.iter().enumerate() {
        let h = p.rms_norm(x, layer.attn_norm, eps)?;
        let qkv = layer.attn_qkv.apply(&mut p, h)?;
        let q = p.columns_of(qkv, 0, wide)?;
        let k = p.columns_of(qkv, wide, narrow)?;
        let v = p.columns_of(qkv, wide + narrow, narrow)?;
        let (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
        p.store_kv(l, k, v)?;
        let mixed = p.attention(l, q, attention)?;
        let attended = layer.attn_output.apply(&mut p, mixed)?;
        x = p.add(x, attended)?;

        let h = p.rms_norm(x, layer.ffn_norm, eps)?;
        let both = layer.ffn_up.apply(&mut p, h)?;
        let (gate, up) = (p.columns_of(both, 0, ffn)?, p.columns_of(both, ffn, ffn)?);
        let gated = p.swiglu(gate, up)?;
        let fed = layer.ffn_down.apply(&mut p, gated)?;
        x = p.add(x, fed)?;
    }
    let logits = head.logits(&mut p, x, eps)?;
    p.head(logits)?;
    Model::new(header, &c, p)
}

/// The rotation; where the file has factors for short and for long contexts, with those for contexts of `positions`.
fn long_rope(
    keys: &Keys<'_>,
    file: &mut Tensors<'_>,
    p: &mut Program,
    c: &Sizes,
    positions: usize,
) -> Result<Rope, ModelError> {
    let rope = Rope::from_gguf(keys, c.head_dim, Pairs::Halves)?;
    let (short, long) = ("rope_factors_short.weight", "rope_factors_long.weight");
    if !file.has(long) {
        return Ok(rope);
    }
    let trained = keys.size("rope.scaling.original_context_length")?;
    let is_long = positions.min(c.context) > trained;
    let (used, other) = if is_long { (long, short) } else { (short, long) };
    file.ignore(p, other, rope.shape.rotated / 2)?;
    let factors = file.vector(p, used, rope.shape.rotated / 2)?;
    Ok(Rope { factors: Some(factors), ..rope })
}

impl Layer {
    fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        l: usize,
        c: &Sizes,
        ffn: usize,
    ) -> Result<Self, ModelError> {
        let (wide, narrow) = (c.heads * c.head_dim, c.kv_heads * c.head_dim);
        let mut linear =
            |part: &str, rows, columns| Linear::from_gguf(file, p, &format!("blk.{l}.{part}"), rows, columns);
        Ok(Self {
            attn_qkv: linear("attn_qkv", wide + 2 * narrow, c.dim)?,
            attn_output: linear("attn_output", c.dim, wide)?,
            ffn_up: linear("ffn_up", 2 * ffn, c.dim)?,
            ffn_down: linear("ffn_down", c.dim, ffn)?,
            attn_norm: file.vector(p, &format!("blk.{l}.attn_norm.weight"), c.dim)?,
            ffn_norm: file.vector(p, &format!("blk.{l}.ffn_norm.weight"), c.dim)?,
        })
    }
}
