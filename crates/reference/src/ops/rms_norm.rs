/// `out = x / sqrt(mean(x²) + eps) · gain` for each run of `width` values: x and out `[T, D]`, gain `[width]`, or without
/// one 1 everywhere (arXiv 1910.07467).
pub fn rms_norm(x: &[f32], gain: Option<&[f32]>, width: usize, eps: f32) -> Vec<f32> {
    let mut out = Vec::with_capacity(x.len());
    for run in x.chunks_exact(width) {
        let mean = run.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / width as f64;
        let scale = 1.0 / (mean + f64::from(eps)).sqrt();
        let gain = |i: usize| gain.map_or(1.0, |gain| f64::from(gain[i]));
        out.extend(run.iter().enumerate().map(|(i, &x)| (f64::from(x) * scale * gain(i)) as f32));
    }
    out
}
