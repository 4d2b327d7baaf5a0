//! Granite 3 (github.com/ibm-granite/granite-3.0-language-models), with and without experts: llama with factors on embeddings,
//! scores, residuals and logits (arXiv 2310.17813).

use crate::{
    Model, ModelError,
    keys::{Keys, Sizes},
    layers::{Experts, GatedFfn, Head, Projections},
    rope::Rope,
    tensors::Tensors,
};
use gguf::Header;
use ops::{AttentionShape, Gate, Pairs, Program, ProgramError, TensorId};

/// What is Granite's own of the numbers. 0 stands for none.
struct Factors {
    embedding: f32,
    attention: Option<f32>, // 1 / √E where there is none
    residual: f32,
    logit: f32, // divides
}

struct Layer {
    attn_norm: TensorId, // [D]
    attn: Projections,
    ffn_norm: TensorId, // [D]
    ffn: Ffn,
}

enum Ffn {
    Dense(GatedFfn),
    Mixture(Experts, Option<GatedFfn>),
}

/// Reads a granite or granitemoe file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let keys = Keys::new(&header.metadata)?;
    let c = Sizes::from_gguf(header, &keys)?;
    let eps = keys.float("attention.layer_norm_rms_epsilon")?;
    let factors = Factors::from_gguf(&keys)?;
    // Files use this key to say that positions are not rotated.
    let is_rotated = keys.opt_bool("rope.scaling.finetuned")?.unwrap_or(true);

    let mut p = Program::new();
    let mut file = Tensors::new(header);
    let rope = Rope::from_gguf(&keys, c.head_dim, Pairs::Neighbours)?.with_frequencies(&mut file, &mut p)?;
    let token_embd = file.matrix(&mut p, "token_embd.weight", c.vocabulary, c.dim)?;
    let layers = (0..c.layers)
        .map(|l| Layer::from_gguf(&mut file, &mut p, l, &c, &keys))
        .collect::<Result<Vec<_>, _>>()?;
    let head = Head::from_gguf(&mut file, &mut p, &c, token_embd)?;
    file.finish()?;

    let mut attention = c.attention();
    attention = AttentionShape { scale: factors.attention.unwrap_or(attention.scale), ..attention };
    let embedded = p.embed(token_embd)?;
    let mut x = p.scale(embedded, factors.embedding)?;
    for (l, layer) in layers.iter().enumerate() {
        let h = p.rms_norm(x, layer.attn_norm, eps)?;
        let [mut q, mut k, v] = layer.attn.qkv(&mut p, h)?;
        if is_rotated {
            (q, k) = (rope.apply(&mut p, q)?, rope.apply(&mut p, k)?);
        }
        let attended = layer.attn.attend(&mut p, l, [q, k, v], attention)?;
        let scaled = p.scale(attended, factors.residual)?;
        x = p.add(x, scaled)?;

        let h = p.rms_norm(x, layer.ffn_norm, eps)?;
        let fed = layer.ffn.apply(&mut p, h)?;
        let scaled = p.scale(fed, factors.residual)?;
        x = p.add(x, scaled)?;
    }
    // The head is linear: its factor is applied where there are fewer columns.
    let last = p.last_rows(x)?;
    let h = p.rms_norm(last, head.norm, eps)?;
    let h = p.scale(h, 1.0 / factors.logit)?;
    let logits = p.matmul(h, head.output)?;
    p.head(logits)?;
    Model::new(header, &c, p)
}

impl Factors {
    fn from_gguf(keys: &Keys<'_>) -> Result<Self, ModelError> {
        let logit = keys.float("logit_scale")?;
        if logit == 0.0 {
            return Err(ModelError::BadConfig("logits divided by 0".into()));
        }
        Ok(Self {
            embedding: keys.opt_float("embedding_scale")?.filter(|&scale| scale != 0.0).unwrap_or(1.0),
            attention: keys.opt_float("attention.scale")?.filter(|&scale| scale != 0.0),
            residual: keys.opt_float("residual_scale")?.filter(|&scale| scale != 0.0).unwrap_or(1.0),
            logit,
        })
    }
}

impl Layer {
    fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        l: usize,
        c: &Sizes,
        keys: &Keys<'_>,
    ) -> Result<Self, ModelError> {
        let ffn = keys.size("feed_forward_length")?; // F
        Ok(Self {
            attn_norm: file.vector(p, &format!("blk.{l}.attn_norm.weight"), c.dim)?,
            attn: Projections::from_gguf(file, p, l, c)?,
            ffn_norm: file.vector(p, &format!("blk.{l}.ffn_norm.weight"), c.dim)?,
            ffn: match keys.opt_size("expert_count")?.unwrap_or(0) {
                0 => Ffn::Dense(GatedFfn::from_gguf(file, p, l, c.dim, ffn)?),
                count => {
                    let used = keys.size("expert_used_count")?;
                    let experts = Experts::from_gguf(file, p, l, c.dim, ffn, [count, used])?;
                    let shared = match keys.opt_size("expert_shared_feed_forward_length")?.unwrap_or(0) {
                        0 => None,
                        width => Some(GatedFfn::shared(file, p, l, c.dim, width)?),
                    };
                    Ffn::Mixture(experts, shared)
                }
            },
        })
    }
}

impl Ffn {
    fn apply(&self, p: &mut Program, x: TensorId) -> Result<TensorId, ProgramError> {
        match self {
            Self::Dense(ffn) => ffn.swiglu(p, x),
            Self::Mixture(experts, shared) => {
                let mixed = experts.mix(p, x, Gate::ChosenSoftmax, 1.0)?;
                match shared {
                    Some(shared) => {
                        let common = shared.swiglu(p, x)?;
                        p.add(mixed, common)
                    }
                    None => Ok(mixed),
                }
            }
        }
    }
}
