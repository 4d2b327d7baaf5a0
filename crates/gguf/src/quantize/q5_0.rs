//! `Q5_0`: the value furthest from 0 becomes -16, so that its side of 0 has a level more.

use super::search;

pub(super) fn quantize(x: &[f32; 32], importance: Option<&[f32; 32]>) -> [u8; 22] {
    let (d, levels) = match importance {
        None => {
            let d = super::furthest(x) / -16.0;
            let inverse = super::inverse(d);
            // ggml rounds by cutting off, half a level further up.
            (d, x.map(|x| ((x * inverse + 16.5) as u8).min(31)))
        }
        Some(importance) => {
            let d = search::scale(x, &search::weights(x, importance), 16);
            let inverse = super::inverse(super::as_half(d));
            (d, x.map(|x| super::level(x * inverse + 16.0, 31.0)))
        }
    };
    super::joined(&[&super::half(d), &super::fifth_bits(&levels), &super::nibbles(&levels)])
}
