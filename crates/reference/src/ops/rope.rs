/// The numbers of a rotation, as in `ops::Op::Rope`.
#[derive(Clone, Copy, Debug)]
pub struct RopeShape {
    /// E.
    pub head_dim: usize,
    /// How many of a head's values are rotated.
    pub rotated: usize,
    /// The base of the frequencies.
    pub base: f32,
    /// Multiplies the position.
    pub position_scale: f32,
}

/// Rotates each pair `(x[2i], x[2i+1])` of each head of token t by the angle
/// `(position + t) · position_scale · base^(−2i/rotated) / factors[i]`: x and out `[T, columns]` (arXiv 2104.09864).
pub fn rope(
    x: &[f32],
    columns: usize,
    shape: RopeShape,
    factors: Option<&[f32]>,
    position: usize,
) -> Vec<f32> {
    let mut out = x.to_vec();
    for (t, row) in out.chunks_exact_mut(columns).enumerate() {
        let at = (position + t) as f64 * f64::from(shape.position_scale);
        for head in row.chunks_exact_mut(shape.head_dim) {
            for i in 0..shape.rotated / 2 {
                let frequency = f64::from(shape.base).powf(-2.0 * i as f64 / shape.rotated as f64);
                let factor = factors.map_or(1.0, |f| f64::from(f[i]));
                let (sin, cos) = (at * frequency / factor).sin_cos();
                let (a, b) = (f64::from(head[2 * i]), f64::from(head[2 * i + 1]));
                head[2 * i] = (a * cos - b * sin) as f32;
                head[2 * i + 1] = (a * sin + b * cos) as f32;
            }
        }
    }
    out
}
