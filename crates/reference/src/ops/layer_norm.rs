/// `out[t] = (x[t] − mean(x[t])) / sqrt(var(x[t]) + eps) · gain + bias`: x and out `[T, D]`, gain and bias `[D]` (arXiv
/// 1607.06450).
pub fn layer_norm(x: &[f32], gain: &[f32], bias: &[f32], eps: f32) -> Vec<f32> {
    let mut out = Vec::with_capacity(x.len());
    let count = gain.len() as f64;
    for row in x.chunks_exact(gain.len()) {
        let mean = row.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
        let variance = row.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / count;
        let scale = 1.0 / (variance + f64::from(eps)).sqrt();
        out.extend(
            row.iter()
                .zip(gain.iter().zip(bias))
                .map(|(&x, (&g, &b))| ((f64::from(x) - mean) * scale * f64::from(g) + f64::from(b)) as f32),
        );
    }
    out
}
