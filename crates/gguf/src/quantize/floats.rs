//! `F32`, `F16` and `BF16`: the nearest value, ties to even.

pub(super) fn f32([value]: &[f32; 1]) -> [u8; 4] {
    value.to_le_bytes()
}

pub(super) fn f16([value]: &[f32; 1]) -> [u8; 2] {
    super::half(*value)
}

pub(super) fn bf16([value]: &[f32; 1]) -> [u8; 2] {
    half::bf16::from_f32(*value).to_le_bytes()
}
