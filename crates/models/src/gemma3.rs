//! Gemma 3, text only (arXiv 2503.19786): five layers within a window, then one that sees all and has a rotation of its own;
//! norms before and after each half of a block, and on queries and keys.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{GatedFfn, Head, Projections},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{AttentionShape, Pairs, Program, RopeShape, Span, TensorId};

/// Blocks of the one size whose scores are scaled by the width of the model and not of a head: 27B.
const LAYERS_OF_27B: usize = 62;
/// Layers from one that sees all to the next, where files do not say.
const PERIOD: usize = 6;
/// The base of the rotation within windows, where files do not say.
const WINDOW_BASE: f32 = 10_000.0;

struct Layer {
    attn_norm: TensorId, // [D]
    attn: Projections,
    attn_q_norm: TensorId,         // [E]
    attn_k_norm: TensorId,         // [E]
    post_attention_norm: TensorId, // [D]
    ffn_norm: TensorId,            // [D]
    ffn: GatedFfn,
    post_ffw_norm: TensorId, // [D]
}

/// Reads a gemma3 file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    let c = Sizes::from_gguf(header, &keys)?;
    let ffn = keys.size("feed_forward_length")?; // F
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let logit_cap = keys.opt_float("final_logit_softcapping")?.filter(|&cap| cap != 0.0);
    let window = keys.opt_size("attention.sliding_window")?.filter(|&width| width > 0);
    let period = keys.opt_size("attention.sliding_window_pattern")?.unwrap_or(PERIOD);
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Halves)?;
    let window_base = keys.opt_float("rope.freq_base_swa")?.unwrap_or(WINDOW_BASE);
    let window_rope =
        Rope { shape: RopeShape { base: window_base, position_scale: 1.0, ..rope.shape }, ..rope };
    let scaled_width = if c.layers == LAYERS_OF_27B { c.dim / c.heads } else { c.head_dim };
    let scale = 1.0 / (scaled_width as f32).sqrt();

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let token_embd = file.matrix(&mut p, "token_embd.weight", c.vocabulary, c.dim)?;
    let layers = (0..c.layers)
        .map(|l| Layer::from_gguf(&mut file, &mut p, l, &c, ffn))
        .collect::<Result<Vec<_>, _>>()?;
    let head = Head::from_gguf(&mut file, &mut p, &c, token_embd)?;
    file.finish()?;

    let embedded = p.embed(token_embd)?;
    let mut x = p.scale(embedded, (c.dim as f32).sqrt())?;
    for (l, layer) in layers.iter().enumerate() {
        let (span, rope) = match window {
            Some(width) if !(l + 1).is_multiple_of(period) => (Span::Window(width), window_rope),
            _ => (Span::All, rope),
        };
        let attention = AttentionShape { scale, span, ..c.attention() };
        let h = p.rms_norm(x, layer.attn_norm, eps)?;
        let [q, k, v] = layer.attn.qkv(&mut p, h)?;
        let q = p.head_norm(q, Some(layer.attn_q_norm), c.head_dim, eps)?;
        let k = p.head_norm(k, Some(layer.attn_k_norm), c.head_dim, eps)?;
        let (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
        let attended = layer.attn.attend(&mut p, l, [q, k, v], attention)?;
        let attended = p.rms_norm(attended, layer.post_attention_norm, eps)?;
        x = p.add(x, attended)?;

        let h = p.rms_norm(x, layer.ffn_norm, eps)?;
        let fed = layer.ffn.geglu(&mut p, h)?;
        let fed = p.rms_norm(fed, layer.post_ffw_norm, eps)?;
        x = p.add(x, fed)?;
    }
    let mut logits = head.logits(&mut p, x, eps)?;
    if let Some(cap) = logit_cap {
        logits = p.softcap(logits, cap)?;
    }
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
            attn_norm: file.vector(p, &format!("blk.{l}.attn_norm.weight"), c.dim)?,
            attn: Projections::from_gguf(file, p, l, c)?,
            attn_q_norm: file.vector(p, &format!("blk.{l}.attn_q_norm.weight"), c.head_dim)?,
            attn_k_norm: file.vector(p, &format!("blk.{l}.attn_k_norm.weight"), c.head_dim)?,
            post_attention_norm: file.vector(p, &format!("blk.{l}.post_attention_norm.weight"), c.dim)?,
            ffn_norm: file.vector(p, &format!("blk.{l}.ffn_norm.weight"), c.dim)?,
            ffn: GatedFfn::from_gguf(file, p, l, c.dim, ffn)?,
            post_ffw_norm: file.vector(p, &format!("blk.{l}.post_ffw_norm.weight"), c.dim)?,
        })
    }
}
