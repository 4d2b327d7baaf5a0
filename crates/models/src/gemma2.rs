//! Gemma 2 (arXiv 2408.00118): norms before and after each half of a block, every other layer within a window, scores and
//! logits capped softly.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{GatedFfn, Head, Projections},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{AttentionShape, Pairs, Program, Span, TensorId};

/// Blocks of the one size whose scores are scaled by the width of the model and not of a head: 27B.
const LAYERS_OF_27B: usize = 46;
/// Where files do not say, as the first ones did not.
const WINDOW: usize = 4096;
const SCORE_CAP: f32 = 50.0;
const LOGIT_CAP: f32 = 30.0;

struct Layer {
    attn_norm: TensorId, // [D]
    attn: Projections,
    post_attention_norm: TensorId, // [D]
    ffn_norm: TensorId,            // [D]
    ffn: GatedFfn,
    post_ffw_norm: TensorId, // [D]
}

/// Reads a gemma2 file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    let c = Sizes::from_gguf(header, &keys)?;
    let ffn = keys.size("feed_forward_length")?; // F
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Halves)?;
    let softcap = cap(&keys, "attn_logit_softcapping", SCORE_CAP)?;
    let logit_cap = cap(&keys, "final_logit_softcapping", LOGIT_CAP)?;
    let window = keys.opt_size("attention.sliding_window")?.unwrap_or(WINDOW);
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
        let span = if l % 2 == 0 { Span::Window(window) } else { Span::All };
        let attention = AttentionShape { scale, softcap, span, ..c.attention() };
        let h = p.rms_norm(x, layer.attn_norm, eps)?;
        let [q, k, v] = layer.attn.qkv(&mut p, h)?;
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

/// A soft cap; 0 stands for none.
fn cap(keys: &Keys<'_>, key: &str, usual: f32) -> Result<Option<f32>, ModelError> {
    let cap = keys.opt_float(key)?.unwrap_or(usual);
    Ok((cap != 0.0).then_some(cap))
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
            post_attention_norm: file.vector(p, &format!("blk.{l}.post_attention_norm.weight"), c.dim)?,
            ffn_norm: file.vector(p, &format!("blk.{l}.ffn_norm.weight"), c.dim)?,
            ffn: GatedFfn::from_gguf(file, p, l, c.dim, ffn)?,
            post_ffw_norm: file.vector(p, &format!("blk.{l}.post_ffw_norm.weight"), c.dim)?,
        })
    }
}
