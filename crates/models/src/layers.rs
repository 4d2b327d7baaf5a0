//! Weights that many architectures have under the same names, and what they do.

use crate::{ModelError, keys::Sizes, tensors::Tensors};
use ops::{AttentionShape, Gate, Program, ProgramError, TensorId};

/// `x · weightᵀ + bias`.
#[derive(Clone, Copy)]
pub(crate) struct Linear {
    pub(crate) weight: TensorId,       // [N, C]
    pub(crate) bias: Option<TensorId>, // [N]
}

impl Linear {
    /// The tensors `name.weight`, and `name.bias` where the file has it.
    pub(crate) fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Self, ModelError> {
        let weight = file.matrix(p, &format!("{name}.weight"), rows, columns)?;
        let bias = file.opt_vector(p, &format!("{name}.bias"), rows)?;
        Ok(Self { weight, bias })
    }

    pub(crate) fn apply(self, p: &mut Program, x: TensorId) -> Result<TensorId, ProgramError> {
        let product = p.matmul(x, self.weight)?;
        match self.bias {
            Some(bias) => p.add_bias(product, bias),
            None => Ok(product),
        }
    }
}

/// Llama's tensors, which several architectures share: blocks of an attention and a gated feed-forward network, with a norm
/// before each.
pub(crate) struct Stack {
    pub(crate) token_embd: TensorId, // [V, D]
    pub(crate) blocks: Vec<Block>,
    pub(crate) head: Head,
}

pub(crate) struct Block {
    pub(crate) attn_norm: TensorId, // [D]
    pub(crate) attn: Projections,
    pub(crate) ffn_norm: TensorId, // [D]
    pub(crate) ffn: GatedFfn,
}

impl Stack {
    pub(crate) fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        c: &Sizes,
        ffn: usize,
    ) -> Result<Self, ModelError> {
        let token_embd = file.matrix(p, "token_embd.weight", c.vocabulary, c.dim)?;
        let blocks = (0..c.layers).map(|l| Block::from_gguf(file, p, l, c, ffn)).collect::<Result<_, _>>()?;
        let head = Head::from_gguf(file, p, c, token_embd)?;
        Ok(Self { token_embd, blocks, head })
    }
}

impl Block {
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
            ffn_norm: file.vector(p, &format!("blk.{l}.ffn_norm.weight"), c.dim)?,
            ffn: GatedFfn::from_gguf(file, p, l, c.dim, ffn)?,
        })
    }
}

/// What makes queries, keys and values, and what joins the heads.
pub(crate) struct Projections {
    pub(crate) q: Linear,      // [H·E, D]
    pub(crate) k: Linear,      // [K·E, D]
    pub(crate) v: Linear,      // [K·E, D]
    pub(crate) output: Linear, // [D, H·E]
}

impl Projections {
    pub(crate) fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        layer: usize,
        c: &Sizes,
    ) -> Result<Self, ModelError> {
        let (wide, narrow) = (c.heads * c.head_dim, c.kv_heads * c.head_dim);
        let mut linear = |part: &str, rows, columns| {
            Linear::from_gguf(file, p, &format!("blk.{layer}.{part}"), rows, columns)
        };
        Ok(Self {
            q: linear("attn_q", wide, c.dim)?,
            k: linear("attn_k", narrow, c.dim)?,
            v: linear("attn_v", narrow, c.dim)?,
            output: linear("attn_output", c.dim, wide)?,
        })
    }

    /// Queries, keys and values of `x`.
    pub(crate) fn qkv(&self, p: &mut Program, x: TensorId) -> Result<[TensorId; 3], ProgramError> {
        Ok([self.q.apply(p, x)?, self.k.apply(p, x)?, self.v.apply(p, x)?])
    }

    /// Caches keys and values, attends to what the cache holds, and joins the heads.
    pub(crate) fn attend(
        &self,
        p: &mut Program,
        layer: usize,
        [q, k, v]: [TensorId; 3],
        shape: AttentionShape,
    ) -> Result<TensorId, ProgramError> {
        p.store_kv(layer, k, v)?;
        let mixed = p.attention(layer, q, shape)?;
        self.output.apply(p, mixed)
    }
}

impl Sizes {
    /// An attention to everything before.
    pub(crate) fn attention(&self) -> AttentionShape {
        AttentionShape::new(self.heads, self.kv_heads, self.head_dim)
    }
}

/// A gated feed-forward network.
pub(crate) struct GatedFfn {
    pub(crate) gate: Linear, // [F, D]
    pub(crate) up: Linear,   // [F, D]
    pub(crate) down: Linear, // [D, F]
}

impl GatedFfn {
    pub(crate) fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        layer: usize,
        dim: usize,
        ffn: usize,
    ) -> Result<Self, ModelError> {
        Self::named(file, p, ["gate", "up", "down"].map(|part| format!("blk.{layer}.ffn_{part}")), dim, ffn)
    }

    /// The expert that all tokens share.
    pub(crate) fn shared(
        file: &mut Tensors<'_>,
        p: &mut Program,
        layer: usize,
        dim: usize,
        ffn: usize,
    ) -> Result<Self, ModelError> {
        let names = ["gate", "up", "down"].map(|part| format!("blk.{layer}.ffn_{part}_shexp"));
        Self::named(file, p, names, dim, ffn)
    }

    fn named(
        file: &mut Tensors<'_>,
        p: &mut Program,
        [gate, up, down]: [String; 3],
        dim: usize,
        ffn: usize,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            gate: Linear::from_gguf(file, p, &gate, ffn, dim)?,
            up: Linear::from_gguf(file, p, &up, ffn, dim)?,
            down: Linear::from_gguf(file, p, &down, dim, ffn)?,
        })
    }

    /// `down(silu(gate(x)) · up(x))`.
    pub(crate) fn swiglu(&self, p: &mut Program, x: TensorId) -> Result<TensorId, ProgramError> {
        let (gate, up) = (self.gate.apply(p, x)?, self.up.apply(p, x)?);
        let gated = p.swiglu(gate, up)?;
        self.down.apply(p, gated)
    }

    /// `down(gelu(gate(x)) · up(x))`.
    pub(crate) fn geglu(&self, p: &mut Program, x: TensorId) -> Result<TensorId, ProgramError> {
        let (gate, up) = (self.gate.apply(p, x)?, self.up.apply(p, x)?);
        let gated = p.geglu(gate, up)?;
        self.down.apply(p, gated)
    }
}

/// A mixture of gated feed-forward networks.
pub(crate) struct Experts {
    pub(crate) count: usize,     // X
    pub(crate) used: usize,      // experts a token
    pub(crate) router: TensorId, // [X, D]
    pub(crate) gate: TensorId,   // [X·F, D]
    pub(crate) up: TensorId,     // [X·F, D]
    pub(crate) down: TensorId,   // [X·D, F]
}

impl Experts {
    pub(crate) fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        layer: usize,
        dim: usize,
        ffn: usize,
        [count, used]: [usize; 2],
    ) -> Result<Self, ModelError> {
        let name = |part: &str| format!("blk.{layer}.ffn_{part}.weight");
        Ok(Self {
            count,
            used,
            router: file.matrix(p, &name("gate_inp"), count, dim)?,
            gate: file.matrices(p, &name("gate_exps"), [count, ffn, dim])?,
            up: file.matrices(p, &name("up_exps"), [count, ffn, dim])?,
            down: file.matrices(p, &name("down_exps"), [count, dim, ffn])?,
        })
    }

    /// The experts that `x` goes to, and their weights.
    pub(crate) fn route(
        &self,
        p: &mut Program,
        x: TensorId,
        gate: Gate,
        scale: f32,
    ) -> Result<TensorId, ProgramError> {
        let logits = p.matmul(x, self.router)?;
        p.route(logits, self.used, gate, scale)
    }

    /// What each of these experts makes of `x`: `down(silu(gate(x)) · up(x))`, next to each other.
    pub(crate) fn swiglu(
        &self,
        p: &mut Program,
        x: TensorId,
        route: TensorId,
    ) -> Result<TensorId, ProgramError> {
        let gate = p.experts(x, self.gate, self.count, route)?;
        let up = p.experts(x, self.up, self.count, route)?;
        let gated = p.swiglu(gate, up)?;
        p.experts(gated, self.down, self.count, route)
    }

    /// The weighted sum of what these experts make of `x`.
    pub(crate) fn mix(
        &self,
        p: &mut Program,
        x: TensorId,
        gate: Gate,
        scale: f32,
    ) -> Result<TensorId, ProgramError> {
        let route = self.route(p, x, gate, scale)?;
        let said = self.swiglu(p, x, route)?;
        p.combine(said, route)
    }
}

/// The end: a norm, and a score for every token.
pub(crate) struct Head {
    pub(crate) norm: TensorId,   // [D]
    pub(crate) output: TensorId, // [V, D], the embedding table where the file has no other
}

impl Head {
    pub(crate) fn from_gguf(
        file: &mut Tensors<'_>,
        p: &mut Program,
        c: &Sizes,
        embedding: TensorId,
    ) -> Result<Self, ModelError> {
        let norm = file.vector(p, "output_norm.weight", c.dim)?;
        Ok(Self { norm, output: Self::output(file, p, c, embedding)? })
    }

    /// The matrix alone.
    pub(crate) fn output(
        file: &mut Tensors<'_>,
        p: &mut Program,
        c: &Sizes,
        embedding: TensorId,
    ) -> Result<TensorId, ModelError> {
        match file.has("output.weight") {
            true => file.matrix(p, "output.weight", c.vocabulary, c.dim),
            false => Ok(embedding),
        }
    }

    /// The logits of the last rows of `x`.
    pub(crate) fn logits(&self, p: &mut Program, x: TensorId, eps: f32) -> Result<TensorId, ProgramError> {
        let last = p.last_rows(x)?;
        let h = p.rms_norm(last, self.norm, eps)?;
        p.matmul(h, self.output)
    }
}
