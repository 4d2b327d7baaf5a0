//! One tensor operation.

use crate::{AttentionShape, Gate, RopeShape, TensorId};

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
    /// `out[t] = x[t] / sqrt(mean(x[t]²) + eps) · gain`, for each run of `width` columns by itself: x and out `[T, D]`,
    /// gain `[width]` (arXiv 1910.07467; with the width of a head arXiv 2302.05442).
    RmsNorm {
        /// Rows to normalise.
        x: TensorId,
        /// One factor a column; absent, they are 1.
        gain: Option<TensorId>,
        /// Columns that are normalised together.
        width: usize,
        /// Keeps the root away from zero.
        eps: f32,
        /// The normalised rows.
        out: TensorId,
    },
    /// `out[t] = (x[t] − mean(x[t])) / sqrt(var(x[t]) + eps) · gain + bias`: x and out `[T, D]`, gain and bias `[D]`
    /// (arXiv 1607.06450).
    LayerNorm {
        /// Rows to normalise.
        x: TensorId,
        /// One factor a column.
        gain: TensorId,
        /// One summand a column.
        bias: TensorId,
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
    /// `out[t] = x[t] + bias`: x and out `[T, D]`, bias `[D]`.
    AddBias {
        /// The rows.
        x: TensorId,
        /// One summand a column.
        bias: TensorId,
        /// The sums.
        out: TensorId,
    },
    /// Rotates pairs of values of each head: x and out `[T, heads · E]`. See [`RopeShape`].
    Rope {
        /// Rows of heads.
        x: TensorId,
        /// Which pairs, and by what.
        shape: RopeShape,
        /// One divisor a frequency `[rotated / 2]` (Llama 3's long-context scaling, LongRoPE).
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
    /// `out[t, h] = Σ_s softmax_s(q[t, h] · key[s, h·K/H] · scale) · value[s, h·K/H]` over the positions s that the span
    /// allows: q and out `[T, H · E]` (arXiv 1706.03762, with grouped queries as in arXiv 2305.13245).
    Attention {
        /// Which layer's cache.
        layer: usize,
        /// The queries, already rotated.
        query: TensorId,
        /// Heads, scale and span.
        shape: AttentionShape,
        /// The mixed values.
        out: TensorId,
    },
    /// `out[t] = x[t] · (1 + strength · ln(1 + ⌊(position + t + 1) / floor⌋))`: x and out `[T, D]`. Sharpens the queries of
    /// layers without positions in long contexts (Llama 4; arXiv 2501.19399).
    Temper {
        /// The queries.
        x: TensorId,
        /// How much.
        strength: f32,
        /// From which position on.
        floor: usize,
        /// The sharpened queries.
        out: TensorId,
    },
    /// `out[t, d] = c[t, d] · Σ_j kernel[d, j] · (b · x)[t − L + 1 + j, d]` with `x` as `[T, 3 · D]` = b, c, x next to each
    /// other; kernel `[D, L]`, out `[T, D]`. `b · x` of earlier positions is kept in the cache of `layer` (LFM2).
    ShortConv {
        /// Which layer's cache.
        layer: usize,
        /// Input gate, output gate and input.
        x: TensorId,
        /// L weights for each column.
        kernel: TensorId,
        /// The gated convolution.
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
    /// `out = gelu(gate) · up`, element by element, with [`Op::Gelu`] (arXiv 2002.05202).
    GeGlu {
        /// Passed through the Gaussian unit.
        gate: TensorId,
        /// Multiplied with it.
        up: TensorId,
        /// The products.
        out: TensorId,
    },
    /// `out = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))`, element by element (arXiv 1606.08415).
    Gelu {
        /// The arguments.
        x: TensorId,
        /// The results.
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
    /// `out = factor · x`.
    Scale {
        /// The rows.
        x: TensorId,
        /// One for all.
        factor: f32,
        /// The products.
        out: TensorId,
    },
    /// `out = cap · tanh(x / cap)`, element by element (arXiv 2408.00118).
    SoftCap {
        /// The arguments.
        x: TensorId,
        /// What no result is larger than.
        cap: f32,
        /// The results.
        out: TensorId,
    },
    /// `out[t] = x[t, from ..]`, as many columns as `out` has: x `[T, C]`.
    Columns {
        /// The rows.
        x: TensorId,
        /// The first column.
        from: usize,
        /// The columns.
        out: TensorId,
    },
    /// The experts of each token, those with the largest logits: `logits` `[T, X]`, out `[T, 2 · chosen]` = their numbers,
    /// then their weights, largest first (arXiv 1701.06538).
    Route {
        /// What the router says of each expert.
        logits: TensorId,
        /// How many experts a token has.
        chosen: usize,
        /// How logits become weights.
        gate: Gate,
        /// Multiplies the weights.
        scale: f32,
        /// Numbers and weights.
        out: TensorId,
    },
    /// `out[t, i, n] = Σ_k x[t, i, k] · weight[e, n, k]` with the i-th of a token's experts e: weight `[X · N, C]`, out
    /// `[T, chosen · N]`; x `[T, chosen · C]`, or `[T, C]` for all of its experts.
    Experts {
        /// The activations.
        x: TensorId,
        /// The experts' weights, one below the other.
        weight: TensorId,
        /// X.
        experts: usize,
        /// The result of [`Op::Route`].
        route: TensorId,
        /// The products.
        out: TensorId,
    },
    /// `out[t] = Σ_i weight[t, i] · x[t, i]`: x `[T, chosen · D]`, the weights those of `route`, out `[T, D]`.
    Combine {
        /// What each expert says.
        x: TensorId,
        /// The result of [`Op::Route`].
        route: TensorId,
        /// The weighted sums.
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
            Self::LayerNorm { .. } => "layer_norm",
            Self::MatMul { .. } => "matmul",
            Self::AddBias { .. } => "add_bias",
            Self::Rope { .. } => "rope",
            Self::StoreKv { .. } => "store_kv",
            Self::Attention { .. } => "attention",
            Self::Temper { .. } => "temper",
            Self::ShortConv { .. } => "short_conv",
            Self::SwiGlu { .. } => "swiglu",
            Self::GeGlu { .. } => "geglu",
            Self::Gelu { .. } => "gelu",
            Self::Add { .. } => "add",
            Self::Scale { .. } => "scale",
            Self::SoftCap { .. } => "softcap",
            Self::Columns { .. } => "columns",
            Self::Route { .. } => "route",
            Self::Experts { .. } => "experts",
            Self::Combine { .. } => "combine",
            Self::LastRows { .. } => "last_rows",
        }
    }

    /// The activations that it reads.
    pub fn reads(&self) -> Vec<TensorId> {
        match *self {
            Self::Embed { .. } => Vec::new(),
            Self::RmsNorm { x, .. }
            | Self::LayerNorm { x, .. }
            | Self::MatMul { x, .. }
            | Self::AddBias { x, .. }
            | Self::Rope { x, .. }
            | Self::Temper { x, .. }
            | Self::ShortConv { x, .. }
            | Self::Gelu { x, .. }
            | Self::Scale { x, .. }
            | Self::SoftCap { x, .. }
            | Self::Columns { x, .. }
            | Self::LastRows { x, .. } => vec![x],
            Self::StoreKv { key, value, .. } => vec![key, value],
            Self::Attention { query, .. } => vec![query],
            Self::SwiGlu { gate, up, .. } | Self::GeGlu { gate, up, .. } => vec![gate, up],
            Self::Add { a, b, .. } => vec![a, b],
            Self::Route { logits, .. } => vec![logits],
            Self::Experts { x, route, .. } | Self::Combine { x, route, .. } => vec![x, route],
        }
    }

    /// The activation that it makes.
    pub fn result(&self) -> Option<TensorId> {
        match *self {
            Self::Embed { out, .. }
            | Self::RmsNorm { out, .. }
            | Self::LayerNorm { out, .. }
            | Self::MatMul { out, .. }
            | Self::AddBias { out, .. }
            | Self::Rope { out, .. }
            | Self::Attention { out, .. }
            | Self::Temper { out, .. }
            | Self::ShortConv { out, .. }
            | Self::SwiGlu { out, .. }
            | Self::GeGlu { out, .. }
            | Self::Gelu { out, .. }
            | Self::Add { out, .. }
            | Self::Scale { out, .. }
            | Self::SoftCap { out, .. }
            | Self::Columns { out, .. }
            | Self::Route { out, .. }
            | Self::Experts { out, .. }
            | Self::Combine { out, .. }
            | Self::LastRows { out, .. } => Some(out),
            Self::StoreKv { .. } => None,
        }
    }
}
