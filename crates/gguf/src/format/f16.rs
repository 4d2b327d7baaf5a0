//! `F16`: one little-endian IEEE half a block.

pub(super) fn dequantize(block: &[u8; 2], out: &mut [f32; 1]) {
    out[0] = super::half_at(block, 0);
}
