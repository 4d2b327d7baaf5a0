//! `F32`: one little-endian float a block.

pub(super) fn dequantize(block: &[u8; 4], out: &mut [f32; 1]) {
    out[0] = f32::from_le_bytes(*block);
}
