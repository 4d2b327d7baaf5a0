use super::matmul;

/// `out[t, i, n] = Σ_k x[t, i, k] · weight[e, n, k]` with the i-th expert e of token t in `route` (see [`super::route`]): weight
/// `[experts, N, C]`, x `[T, chosen, C]`, or `[T, C]` for all of a token's experts.
pub fn experts(
    x: &[f32],
    weight: &[f32],
    columns: usize,
    experts: usize,
    route: &[f32],
    chosen: usize,
) -> Vec<f32> {
    let each = weight.len() / experts;
    let tokens = route.len() / (2 * chosen);
    let shared = x.len() == tokens * columns;
    let mut out = Vec::new();
    for (t, choice) in route.chunks_exact(2 * chosen).enumerate() {
        for (i, &expert) in choice[..chosen].iter().enumerate() {
            let row = if shared { t } else { t * chosen + i };
            let x = &x[row * columns..][..columns];
            out.extend(matmul(x, &weight[expert as usize * each..][..each], columns));
        }
    }
    out
}
