//! `Q6_K`: sixteen sub-blocks, their scales in eight bits with the furthest as -128; bytes as in `format/q6_k.rs`.

use super::search;

pub(super) fn quantize(x: &[f32; 256], importance: Option<&[f32; 256]>) -> [u8; 210] {
    let weights = importance.copied().unwrap_or_else(|| x.map(|x| x * x));
    let found: [f32; 16] =
        std::array::from_fn(|j| search::scale(&x[16 * j..][..16], &weights[16 * j..][..16], 32));
    let d = super::furthest(&found) / -128.0;
    let inverse = super::inverse(d);
    let scales = found.map(|scale| (scale * inverse).round().clamp(-128.0, 127.0) as i8);

    // With the scales as they will be read.
    let read_d = super::as_half(d);
    let q: [u8; 256] = std::array::from_fn(|i| {
        let scale = super::inverse(read_d * f32::from(scales[i / 16]));
        super::level(x[i] * scale + 32.0, 63.0)
    });
    let low: [u8; 128] = std::array::from_fn(|i| {
        let at = i / 64 * 128 + i % 64;
        q[at] & 15 | (q[at + 64] & 15) << 4
    });
    let high: [u8; 64] = std::array::from_fn(|i| {
        let at = i / 32 * 128 + i % 32;
        (0..4).fold(0, |bits, k| bits | q[at + 32 * k] >> 4 << (2 * k))
    });
    super::joined(&[&low, &high, &scales.map(|scale| scale as u8), &super::half(d)])
}
