/// `out[t] = x[t] / sqrt(mean(x[t]²) + eps) · gain`: x and out `[T, D]`, gain `[D]` (arXiv 1910.07467).
pub fn rms_norm(x: &[f32], gain: &[f32], eps: f32) -> Vec<f32> {
    let mut out = Vec::with_capacity(x.len());
    for row in x.chunks_exact(gain.len()) {
        let mean = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / gain.len() as f64;
        let scale = 1.0 / (mean + f64::from(eps)).sqrt();
        out.extend(row.iter().zip(gain).map(|(&x, &g)| (f64::from(x) * scale * f64::from(g)) as f32));
    }
    out
}
