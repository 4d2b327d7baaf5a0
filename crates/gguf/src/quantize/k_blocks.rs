//! The eight sub-blocks of `Q4_K` and `Q5_K`: `x[i] = d scale[j] q[i] - dmin min[j]`, scales and minima of six bits.

use super::search;

/// A block before it is packed.
pub(super) struct KBlock {
    /// f16 `d`, f16 `dmin`, and the twelve bytes of scales and minima.
    pub head: [u8; 16],
    /// Of `0..=levels`.
    pub levels: [u8; 256],
}

/// Finds a block for levels up to `levels`.
pub(super) fn quantize(x: &[f32; 256], importance: Option<&[f32; 256]>, levels: i32) -> KBlock {
    let weights = importance.map_or_else(|| own_weights(x), |importance| search::weights(x, importance));
    let parts: [(&[f32], &[f32]); 8] =
        std::array::from_fn(|j| (&x[32 * j..][..32], &weights[32 * j..][..32]));
    let found = parts.map(|(x, weights)| search::scale_and_min(x, weights, levels, 0.0));
    let most = |value: fn(&(f32, f32)) -> f32| found.iter().map(value).fold(0.0, f32::max);
    let (d, dmin) = (most(|found| found.0) / 63.0, most(|found| -found.1) / 63.0);

    // With the scales as they will be read.
    let (read_d, read_dmin) = (super::as_half(d), super::as_half(dmin));
    let (mut scales, mut mins) = ([0; 8], [0; 8]);
    for (j, ((x, weights), (scale, min))) in parts.into_iter().zip(found).enumerate() {
        let near = (scale * super::inverse(read_d), -min * super::inverse(read_dmin));
        (scales[j], mins[j]) = neighbours(near)
            .map(|(scale, min)| {
                let read = (read_d * f32::from(scale), -read_dmin * f32::from(min));
                (search::error(x, weights, levels, read), (scale, min))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or((0, 0), |(_, best)| best);
    }
    let mut q = [0; 256];
    for (i, q) in q.iter_mut().enumerate() {
        let scale = super::inverse(read_d * f32::from(scales[i / 32]));
        *q = super::level((x[i] + read_dmin * f32::from(mins[i / 32])) * scale, levels as f32);
    }
    let packed = pack(&scales, &mins);
    KBlock { head: super::joined(&[&super::half(d), &super::half(dmin), &packed]), levels: q }
}

/// The pairs of six bits around a scale and a minimum: rounding each by itself is not the best for both.
fn neighbours((scale, min): (f32, f32)) -> impl Iterator<Item = (u8, u8)> {
    let around = |value: f32| [-1.0, 0.0, 1.0].map(|step| super::level(value.round() + step, 63.0));
    around(scale).into_iter().flat_map(move |scale| around(min).map(|min| (scale, min)))
}

/// Where nothing is known of the columns: larger values are worth more.
fn own_weights(x: &[f32; 256]) -> [f32; 256] {
    let mut weights = [0.0; 256];
    for (x, weights) in x.as_chunks::<32>().0.iter().zip(weights.as_chunks_mut::<32>().0) {
        let root = (x.iter().map(|x| x * x).sum::<f32>() / 32.0).sqrt();
        *weights = x.map(|x| root + x.abs());
    }
    weights
}

/// See `format/k_scales.rs`.
fn pack(scales: &[u8; 8], mins: &[u8; 8]) -> [u8; 12] {
    std::array::from_fn(|i| match i {
        0..4 => scales[i] | scales[i + 4] >> 4 << 6,
        4..8 => mins[i - 4] | mins[i] >> 4 << 6,
        _ => scales[i - 4] & 15 | mins[i - 4] << 4,
    })
}
