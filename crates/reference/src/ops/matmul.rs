/// `out[t, n] = Σ_k x[t, k] · weight[n, k]`: x `[T, C]`, weight `[N, C]`, out `[T, N]`.
pub fn matmul(x: &[f32], weight: &[f32], columns: usize) -> Vec<f32> {
    let mut out = Vec::with_capacity(x.len() / columns * (weight.len() / columns));
    for x in x.chunks_exact(columns) {
        for w in weight.chunks_exact(columns) {
            out.push(x.iter().zip(w).map(|(&x, &w)| f64::from(x) * f64::from(w)).sum::<f64>() as f32);
        }
    }
    out
}
