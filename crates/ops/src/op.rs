//! One tensor operation.

use crate::TensorId;

/// An operation with its operands. Matrices are `[rows, columns]`, row-major.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// `out[t] = table[token[t]]`: table `[V, D]`, out `[T, D]`.
    Embed {
        /// The embedding table.
        table: TensorId,
        /// The embedded tokens.
        out: TensorId,
    },
    /// `out[t] = x[t] / sqrt(mean(x[t]²) + eps) · gain`: x and out `[T, D]`, gain `[D]` (arXiv 1910.07467).
    RmsNorm {
        /// Rows to normalise.
        x: TensorId,
        /// One factor a column.
        gain: TensorId,
        /// Keeps the root away from zero.
        eps: f32,
        /// The normalised rows.
        out: TensorId,
    },
    /// `out[t, n] = Σ_k x[t, k] · weight[n, k]`: x `[T, C]`, weight `[N, C]`, out `[T, N]`.
    MatMul {
        /// The activations.
        x: TensorId,
        /// The weights, in any block format.
        weight: TensorId,
        /// The products.
        out: TensorId,
    },
    /// Rotates each pair `(x[2i], x[2i+1])` of each head by the angle `position · base^(−2i/E) / factor[i]`:
    /// x and out `[T, heads · E]` (arXiv 2104.09864; pairs are neighbours, as in ggml's normal mode).
    Rope {
        /// Rows of heads.
        x: TensorId,
        /// Width of a head.
        head_dim: usize,
        /// How many of a head's values are rotated; the rest is copied.
        rotated: usize,
        /// The base of the frequencies.
        base: f32,
        /// Multiplies the position (1 / the linear scaling factor).
        position_scale: f32,
        /// One divisor a frequency `[rotated / 2]` (Llama 3's long-context scaling).
        factors: Option<TensorId>,
        /// The rotated rows.
        out: TensorId,
    },
    /// Appends keys and values `[T, K · E]` to the cache of `layer` at the step's position.
    StoreKv {
        /// Which layer's cache.
        layer: usize,
        /// The keys, already rotated.
        key: TensorId,
        /// The values.
        value: TensorId,
    },
    /// `out[t, h] = Σ_s softmax_s(q[t, h] · key[s, h·K/H] · scale) · value[s, h·K/H]` over `s ≤ position + t`:
    /// q and out `[T, H · E]` (arXiv 1706.03762, with grouped queries as in arXiv 2305.13245).
    Attention {
        /// Which layer's cache.
        layer: usize,
        /// The queries, already rotated.
        query: TensorId,
        /// H.
        heads: usize,
        /// K.
        kv_heads: usize,
        /// E.
        head_dim: usize,
        /// Usually `1/√E`.
        scale: f32,
        /// The mixed values.
        out: TensorId,
    },
    /// `out = gate · sigmoid(gate) · up`, element by element (arXiv 2002.05202).
    SwiGlu {
        /// Passed through the sigmoid unit.
        gate: TensorId,
        /// Multiplied with it.
        up: TensorId,
        /// The products.
        out: TensorId,
    },
    /// `out = a + b`, element by element.
    Add {
        /// One summand.
        a: TensorId,
        /// The other.
        b: TensorId,
        /// The sum.
        out: TensorId,
    },
    /// The last rows of `x`, as many as the step's head wants: x `[T, D]`, out `[1 or T, D]`.
    LastRows {
        /// All rows.
        x: TensorId,
        /// The rows that the head turns into logits.
        out: TensorId,
    },
}

impl Op {
    /// The operation's stem: the name of its kernel and of its reference.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Embed { .. } => "embed",
            Self::RmsNorm { .. } => "rms_norm",
            Self::MatMul { .. } => "matmul",
            Self::Rope { .. } => "rope",
            Self::StoreKv { .. } => "store_kv",
            Self::Attention { .. } => "attention",
            Self::SwiGlu { .. } => "swiglu",
            Self::Add { .. } => "add",
            Self::LastRows { .. } => "last_rows",
        }
    }
}
