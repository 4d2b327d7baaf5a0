//! `BF16`: the upper two bytes of a float, little-endian.

pub(super) fn dequantize(block: &[u8; 2], out: &mut [f32; 1]) {
    out[0] = f32::from_bits(u32::from(u16::from_le_bytes(*block)) << 16);
}
