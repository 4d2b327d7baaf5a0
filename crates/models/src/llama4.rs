//! Llama 4, text only (ai.meta.com/blog/llama-4-multimodal-intelligence): three layers that attend within their own chunk, then
//! one that attends to everything, without positions and sharper the longer the context; in some or all layers one of many
//! experts beside one that all tokens share.

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{Experts, GatedFfn, Head, Projections},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{AttentionShape, Gate, Pairs, Program, ProgramError, Span, TensorId};

/// Layers from one without positions to the next.
const PERIOD: usize = 4;
/// Positions of a chunk, and from which on scores grow, where files do not say.
const CHUNK: usize = 8192;
/// How much they grow, where files do not say.
const STRENGTH: f32 = 0.1;
/// Experts of the one size that does not normalise queries and keys: Maverick.
const EXPERTS_OF_MAVERICK: usize = 128;

struct Layer {
    attn_norm: TensorId, // [D]
    attn: Projections,
    ffn_norm: TensorId, // [D]
    ffn: Ffn,
}

enum Ffn {
    Dense(GatedFfn),
    Mixture { experts: Experts, shared: GatedFfn },
}

/// Reads a llama4 file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    let c = Sizes::from_gguf(header, &keys)?;
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let chunk = match keys.opt_size("attention.sliding_window")? {
        Some(0) => return Err(ModelError::UnsupportedFeature("a Llama 4 without chunks".into())),
        chunk => chunk.unwrap_or(CHUNK),
    };
    let floor = keys.opt_size("attention.temperature_length")?.unwrap_or(CHUNK);
    let strength = keys.opt_float("attention.temperature_scale")?.unwrap_or(STRENGTH);
    let is_normalised = keys.size("expert_count")? != EXPERTS_OF_MAVERICK;

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Neighbours)?.with_frequencies(&mut file, &mut p)?;
    let token_embd = file.matrix(&mut p, "token_embd.weight", c.vocabulary, c.dim)?;
    let layers = (0..c.layers)
        .map(|l| Layer::from_gguf(&mut file, &mut p, l, &c, &keys))
        .collect::<Result<Vec<_>, _>>()?;
    let head = Head::from_gguf(&mut file, &mut p, &c, token_embd)?;
    file.finish()?;

    let mut x = p.embed(token_embd)?;
    for (l, layer) in layers.iter().enumerate() {
        let h = p.rms_norm(x, layer.attn_norm, eps)?;
        let [mut q, mut k, v] = layer.attn.qkv(&mut p, h)?;
        let sees_all = (l + 1).is_multiple_of(PERIOD);
        if sees_all {
            q = p.temper(q, strength, floor)?;
        } else {
            (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
            if is_normalised {
                q = p.head_norm(q, None, c.head_dim, eps)?;
                k = p.head_norm(k, None, c.head_dim, eps)?;
            }
        }
        let span = if sees_all { Span::All } else { Span::Chunk(chunk) };
        let attention = AttentionShape { span, ..c.attention() };
        let attended = layer.attn.attend(&mut p, l, [q, k, v], attention)?;
        x = p.add(x, attended)?;

        let h = p.rms_norm(x, layer.ffn_norm, eps)?;
        let fed = layer.ffn.apply(&mut p, h)?;
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
        let step = keys.size("interleave_moe_layer_step")?;
        let ffn = if step > 0 && (l + 1).is_multiple_of(step) {
            let (count, used) = (keys.size("expert_count")?, keys.size("expert_used_count")?);
            if used != 1 {
                return Err(ModelError::UnsupportedFeature(format!("{used} experts a token in a Llama 4")));
            }
            let width = keys.size("expert_feed_forward_length")?;
            Ffn::Mixture {
                experts: Experts::from_gguf(file, p, l, c.dim, width, [count, used])?,
                shared: GatedFfn::shared(file, p, l, c.dim, width)?,
            }
        } else {
            Ffn::Dense(GatedFfn::from_gguf(file, p, l, c.dim, keys.size("feed_forward_length")?)?)
        };
        Ok(Self {
            attn_norm: file.vector(p, &format!("blk.{l}.attn_norm.weight"), c.dim)?,
            attn: Projections::from_gguf(file, p, l, c)?,
            ffn_norm: file.vector(p, &format!("blk.{l}.ffn_norm.weight"), c.dim)?,
            ffn,
        })
    }
}

impl Ffn {
    fn apply(&self, p: &mut Program, x: TensorId) -> Result<TensorId, ProgramError> {
        match self {
            Self::Dense(ffn) => ffn.swiglu(p, x),
            Self::Mixture { experts, shared } => {
                // The expert's weight multiplies what it is given, not what it says.
                let route = experts.route(p, x, Gate::Sigmoid, 1.0)?;
                let given = p.combine(x, route)?;
                let said = experts.swiglu(p, given, route)?;
                let common = shared.swiglu(p, x)?;
                p.add(said, common)
            }
        }
    }
}
