/// The numbers of an attention, as in `ops::Op::Attention`.
#[derive(Clone, Copy, Debug)]
pub struct AttentionShape {
    /// H.
    pub heads: usize,
    /// K.
    pub kv_heads: usize,
    /// E.
    pub head_dim: usize,
    /// Multiplies the products of query and key.
    pub scale: f32,
}

/// `out[t, h] = Σ_s softmax_s(q[t, h] · key[s, g] · scale) · value[s, g]` over `s ≤ position + t`, with
/// `g = h · K / H`: query and out `[T, H·E]`, keys and values `[S, K·E]`.
pub fn attention(
    query: &[f32],
    keys: &[f32],
    values: &[f32],
    shape: AttentionShape,
    position: usize,
) -> Vec<f32> {
    let AttentionShape { heads, kv_heads, head_dim, scale } = shape;
    let width = kv_heads * head_dim;
    let mut out = Vec::with_capacity(query.len());
    for (t, row) in query.chunks_exact(heads * head_dim).enumerate() {
        for (h, q) in row.chunks_exact(head_dim).enumerate() {
            let first = h * kv_heads / heads * head_dim;
            let head = |cache: &[f32], s: usize, e: usize| f64::from(cache[s * width + first + e]);
            let scores: Vec<f64> = (0..=position + t)
                .map(|s| {
                    (0..head_dim).map(|e| f64::from(q[e]) * head(keys, s, e)).sum::<f64>() * f64::from(scale)
                })
                .collect();
            let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> = scores.iter().map(|s| (s - most).exp()).collect();
            let total: f64 = weights.iter().sum();
            out.extend((0..head_dim).map(|e| {
                (weights.iter().enumerate().map(|(s, w)| w * head(values, s, e)).sum::<f64>() / total) as f32
            }));
        }
    }
    out
}
