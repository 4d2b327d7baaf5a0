use ::ops::{Pairs, RopeShape};

/// Rotates pairs of each head of token t by the angles of `position + t`, see [`RopeShape`]: x and out `[T, columns]`.
pub fn rope(
    x: &[f32],
    columns: usize,
    shape: RopeShape,
    factors: Option<&[f32]>,
    position: usize,
) -> Vec<f32> {
    let mut out = x.to_vec();
    let half = shape.rotated / 2;
    for (t, row) in out.chunks_exact_mut(columns).enumerate() {
        let at = (position + t) as f64 * f64::from(shape.position_scale);
        for head in row.chunks_exact_mut(shape.head_dim) {
            for i in 0..half {
                let frequency = f64::from(shape.base).powf(-2.0 * i as f64 / shape.rotated as f64);
                let factor = factors.map_or(1.0, |f| f64::from(f[i]));
                let (sin, cos) = (at * frequency / factor).sin_cos();
                let (first, second) = match shape.pairs {
                    Pairs::Neighbours => (2 * i, 2 * i + 1),
                    Pairs::Halves => (i, i + half),
                };
                let (a, b) = (f64::from(head[first]), f64::from(head[second]));
                let magnitude = f64::from(shape.magnitude);
                head[first] = ((a * cos - b * sin) * magnitude) as f32;
                head[second] = ((a * sin + b * cos) * magnitude) as f32;
            }
        }
    }
    out
}
