//! `Q8_0`: the value furthest from 0 becomes ±127.

pub(super) fn quantize(x: &[f32; 32]) -> [u8; 34] {
    let d = super::furthest(x).abs() / 127.0;
    let inverse = super::inverse(d);
    let levels = x.map(|x| (x * inverse).round() as i8 as u8);
    super::joined(&[&super::half(d), &levels])
}
