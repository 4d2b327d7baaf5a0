//! Llama 2 and 3, SmolLM2, TinyLlama and their kin (arXiv 2302.13971, 2307.09288, 2407.21783): a stack of
//! pre-normalised blocks of grouped-query attention with rotary positions, and a gated feed-forward network.

use crate::{Model, ModelError, tensors::Tensors};
use gguf::{GgufError, Header, Metadata};
use ops::{Program, TensorId};

/// The numbers that fix every shape. Letters as in `ops`.
struct Config {
    layers: usize,     // blocks
    dim: usize,        // D
    heads: usize,      // H
    kv_heads: usize,   // K
    head_dim: usize,   // E
    ffn: usize,        // F
    vocabulary: usize, // V
    context: usize,    // positions trained for
    eps: f32,
    rope: Rope,
}

struct Rope {
    rotated: usize, // values of each head that are rotated
    base: f32,
    position_scale: f32, // 1 / linear scaling factor
}

/// Every weight, with its shape.
struct Weights {
    token_embd: TensorId, // [V, D]
    layers: Vec<Layer>,
    output_norm: TensorId,          // [D]
    output: TensorId,               // [V, D], the embedding table where the file has no other
    rope_factors: Option<TensorId>, // [rotated / 2]
}

struct Layer {
    attn_norm: TensorId,   // [D]
    attn_q: TensorId,      // [H·E, D]
    attn_k: TensorId,      // [K·E, D]
    attn_v: TensorId,      // [K·E, D]
    attn_output: TensorId, // [D, H·E]
    ffn_norm: TensorId,    // [D]
    ffn_gate: TensorId,    // [F, D]
    ffn_up: TensorId,      // [F, D]
    ffn_down: TensorId,    // [D, F]
}

/// Reads a llama file's header.
pub(crate) fn model(header: &Header) -> Result<Model, ModelError> {
    let config = Config::from_gguf(header)?;
    let mut program = Program::new();
    let weights = Weights::from_gguf(header, &config, &mut program)?;
    forward(&mut program, &config, &weights)?;
    Ok(Model {
        name: header.metadata.opt_str("general.name")?.unwrap_or("llama").into(),
        architecture: "llama".into(),
        context: config.context,
        vocabulary: config.vocabulary,
        program,
    })
}

impl Config {
    fn from_gguf(header: &Header) -> Result<Self, ModelError> {
        let meta = &header.metadata;
        let size = |key: &str| Ok::<_, GgufError>(meta.u32(&format!("llama.{key}"))? as usize);
        let opt_size = |key: &str| -> Result<Option<usize>, GgufError> {
            Ok(meta.opt_u32(&format!("llama.{key}"))?.map(|n| n as usize))
        };
        if opt_size("expert_count")?.unwrap_or(0) > 0 {
            return Err(ModelError::UnsupportedFeature("a mixture of experts".into()));
        }
        if opt_size("attention.sliding_window")?.unwrap_or(0) > 0 {
            return Err(ModelError::UnsupportedFeature("sliding-window attention".into()));
        }
        let dim = size("embedding_length")?;
        let heads = size("attention.head_count")?;
        if heads == 0 || dim == 0 {
            return Err(ModelError::BadConfig(format!("{heads} heads in {dim} dimensions")));
        }
        let head_dim = opt_size("attention.key_length")?.unwrap_or(dim / heads);
        if opt_size("attention.value_length")?.is_some_and(|v| v != head_dim) {
            return Err(ModelError::UnsupportedFeature("values of another width than keys".into()));
        }
        let embedding = header.tensors.iter().find(|t| t.name == "token_embd.weight");
        let embedding = embedding.ok_or_else(|| ModelError::MissingTensor("token_embd.weight".into()))?;
        Ok(Self {
            layers: size("block_count")?,
            dim,
            heads,
            kv_heads: opt_size("attention.head_count_kv")?.unwrap_or(heads),
            head_dim,
            ffn: size("feed_forward_length")?,
            vocabulary: embedding.shape[0],
            context: size("context_length")?,
            eps: meta.f32("llama.attention.layer_norm_rms_epsilon")?,
            rope: Rope::from_gguf(meta, head_dim)?,
        })
    }
}

impl Rope {
    fn from_gguf(meta: &Metadata, head_dim: usize) -> Result<Self, ModelError> {
        let scaling = meta.opt_str("llama.rope.scaling.type")?.unwrap_or("none");
        let factor = match scaling {
            "none" => 1.0,
            "linear" => meta.f32("llama.rope.scaling.factor")?,
            other => return Err(ModelError::UnsupportedFeature(format!("rope scaling of the type {other}"))),
        };
        if factor <= 0.0 || !factor.is_finite() {
            return Err(ModelError::BadConfig(format!("a rope scaling factor of {factor}")));
        }
        Ok(Self {
            rotated: meta.opt_u32("llama.rope.dimension_count")?.map_or(head_dim, |n| n as usize),
            base: meta.opt_f32("llama.rope.freq_base")?.unwrap_or(10_000.0),
            position_scale: 1.0 / factor,
        })
    }
}

impl Weights {
    fn from_gguf(header: &Header, c: &Config, p: &mut Program) -> Result<Self, ModelError> {
        let mut file = Tensors::new(header);
        let token_embd = file.matrix(p, "token_embd.weight", c.vocabulary, c.dim)?;
        let rope_factors = match file.has("rope_freqs.weight") {
            true => Some(file.vector(p, "rope_freqs.weight", c.rope.rotated / 2)?),
            false => None,
        };
        let layers =
            (0..c.layers).map(|l| Layer::from_gguf(&mut file, l, c, p)).collect::<Result<Vec<_>, _>>()?;
        let output_norm = file.vector(p, "output_norm.weight", c.dim)?;
        let output = match file.has("output.weight") {
            true => file.matrix(p, "output.weight", c.vocabulary, c.dim)?,
            false => token_embd,
        };
        file.finish()?;
        Ok(Self { token_embd, layers, output_norm, output, rope_factors })
    }
}

impl Layer {
    fn from_gguf(file: &mut Tensors<'_>, l: usize, c: &Config, p: &mut Program) -> Result<Self, ModelError> {
        let name = |part: &str| format!("blk.{l}.{part}.weight");
        let (q, kv) = (c.heads * c.head_dim, c.kv_heads * c.head_dim);
        Ok(Self {
            attn_norm: file.vector(p, &name("attn_norm"), c.dim)?,
            attn_q: file.matrix(p, &name("attn_q"), q, c.dim)?,
            attn_k: file.matrix(p, &name("attn_k"), kv, c.dim)?,
            attn_v: file.matrix(p, &name("attn_v"), kv, c.dim)?,
            attn_output: file.matrix(p, &name("attn_output"), c.dim, q)?,
            ffn_norm: file.vector(p, &name("ffn_norm"), c.dim)?,
            ffn_gate: file.matrix(p, &name("ffn_gate"), c.ffn, c.dim)?,
            ffn_up: file.matrix(p, &name("ffn_up"), c.ffn, c.dim)?,
            ffn_down: file.matrix(p, &name("ffn_down"), c.dim, c.ffn)?,
        })
    }
}

fn forward(p: &mut Program, c: &Config, w: &Weights) -> Result<(), ModelError> {
    let scale = 1.0 / (c.head_dim as f32).sqrt();
    let mut x = p.embed(w.token_embd)?;
    for (l, layer) in w.layers.iter().enumerate() {
        let h = p.rms_norm(x, layer.attn_norm, c.eps)?;
        let q = p.matmul(h, layer.attn_q)?;
        let k = p.matmul(h, layer.attn_k)?;
        let v = p.matmul(h, layer.attn_v)?;
        let q = rope(p, c, w, q)?;
        let k = rope(p, c, w, k)?;
        p.store_kv(l, k, v)?;
        let mixed = p.attention(l, q, c.heads, c.kv_heads, c.head_dim, scale)?;
        let attended = p.matmul(mixed, layer.attn_output)?;
        x = p.add(x, attended)?;

        let h = p.rms_norm(x, layer.ffn_norm, c.eps)?;
        let gate = p.matmul(h, layer.ffn_gate)?;
        let up = p.matmul(h, layer.ffn_up)?;
        let gated = p.swiglu(gate, up)?;
        let fed = p.matmul(gated, layer.ffn_down)?;
        x = p.add(x, fed)?;
    }
    let last = p.last_rows(x)?;
    let h = p.rms_norm(last, w.output_norm, c.eps)?;
    let logits = p.matmul(h, w.output)?;
    Ok(p.head(logits)?)
}

fn rope(p: &mut Program, c: &Config, w: &Weights, x: TensorId) -> Result<TensorId, ModelError> {
    let Rope { rotated, base, position_scale } = c.rope;
    Ok(p.rope(x, c.head_dim, rotated, base, position_scale, w.rope_factors)?)
}
