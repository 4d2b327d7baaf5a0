//! `Q5_1`: the least value becomes 0, the largest 31.

use super::search;

pub(super) fn quantize(x: &[f32; 32], importance: Option<&[f32; 32]>) -> [u8; 24] {
    let (d, min, levels) = match importance {
        None => {
            let min = x.iter().copied().fold(f32::INFINITY, f32::min);
            let max = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let d = (max - min) / 31.0;
            let inverse = super::inverse(d);
            // ggml rounds by cutting off, half a level further up.
            (d, min, x.map(|x| (((x - min) * inverse + 0.5) as u8).min(31)))
        }
        Some(importance) => {
            let (d, min) = search::scale_and_min(x, &search::weights(x, importance), 31, f32::INFINITY);
            let inverse = super::inverse(super::as_half(d));
            (d, min, x.map(|x| super::level((x - super::as_half(min)) * inverse, 31.0)))
        }
    };
    super::joined(&[
        &super::half(d),
        &super::half(min),
        &super::fifth_bits(&levels),
        &super::nibbles(&levels),
    ])
}
