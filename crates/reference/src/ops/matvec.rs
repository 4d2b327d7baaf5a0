/// `out[n] = Σ_k x[k] · weight[n, k]`: x `[C]`, weight `[N, C]`, out `[N]`.
pub fn matvec(x: &[f32], weight: &[f32]) -> Vec<f32> {
    super::matmul(x, weight, x.len())
}
