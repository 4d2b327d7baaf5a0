/// `out[t, d] = c[t, d] · Σ_j kernel[d, j] · (b · x)[t − L + 1 + j, d]` with `x` `[T, 3·D]` = b, c, x next to each other, kernel
/// `[D, L]`. `past` holds `b · x` of the positions before, `[position, D]`, and gets that of these.
pub fn short_conv(
    past: &mut Vec<f32>,
    x: &[f32],
    kernel: &[f32],
    columns: usize,
    position: usize,
) -> Vec<f32> {
    let taps = kernel.len() / columns;
    past.truncate(position * columns);
    let rows = || x.chunks_exact(3 * columns);
    for row in rows() {
        past.extend((0..columns).map(|d| row[d] * row[2 * columns + d]));
    }
    let mut out = Vec::with_capacity(x.len() / 3);
    for (t, row) in rows().enumerate() {
        out.extend((0..columns).map(|d| {
            let sum: f64 = (0..taps)
                .filter_map(|j| {
                    let at = (position + t + j + 1).checked_sub(taps)?;
                    Some(f64::from(kernel[d * taps + j]) * f64::from(past[at * columns + d]))
                })
                .sum();
            (f64::from(row[columns + d]) * sum) as f32
        }));
    }
    out
}
