use ::ops::AttentionShape;

/// `out[t, h] = Σ_s softmax_s(cap(q[t, h] · key[s, g] · scale)) · value[s, g]` over the positions s that the span allows, with
/// `g = h · K / H` and `cap(x) = softcap · tanh(x / softcap)`: query and out `[T, H·E]`, keys and values `[S, K·E]`.
pub fn attention(
    query: &[f32],
    keys: &[f32],
    values: &[f32],
    shape: AttentionShape,
    position: usize,
) -> Vec<f32> {
    let AttentionShape { heads, kv_heads, head_dim, scale, softcap, span } = shape;
    let width = kv_heads * head_dim;
    let cap = |score: f64| match softcap {
        Some(cap) => f64::from(cap) * (score / f64::from(cap)).tanh(),
        None => score,
    };
    let mut out = Vec::with_capacity(query.len());
    for (t, row) in query.chunks_exact(heads * head_dim).enumerate() {
        let last = position + t;
        let seen = span.first(last)..=last;
        for (h, q) in row.chunks_exact(head_dim).enumerate() {
            let first = h * kv_heads / heads * head_dim;
            let head = |cache: &[f32], s: usize, e: usize| f64::from(cache[s * width + first + e]);
            let score = |s| (0..head_dim).map(|e| f64::from(q[e]) * head(keys, s, e)).sum::<f64>();
            let scores: Vec<f64> = seen.clone().map(|s| cap(score(s) * f64::from(scale))).collect();
            let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> = scores.iter().map(|s| (s - most).exp()).collect();
            let total: f64 = weights.iter().sum();
            out.extend((0..head_dim).map(|e| {
                let mixed: f64 = seen.clone().zip(&weights).map(|(s, w)| w * head(values, s, e)).sum();
                (mixed / total) as f32
            }));
        }
    }
    out
}
