//! `Q5_0`: `x[i] = d (q[i] - 16)`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..2   | f16 `d` |
//! | 2..6   | u32: bit `i` is bit 4 of `q[i]` |
//! | 6..22  | byte `i`: low nibble bits 0..4 of `q[i]`, high nibble those of `q[i + 16]` |

pub(super) fn dequantize(block: &[u8; 22], out: &mut [f32; 32]) {
    let d = super::half_at(block, 0);
    let high = u32::from_le_bytes([block[2], block[3], block[4], block[5]]);
    for (i, &pair) in block[6..].iter().enumerate() {
        out[i] = d * (f32::from(quant(pair & 15, high, i)) - 16.0);
        out[i + 16] = d * (f32::from(quant(pair >> 4, high, i + 16)) - 16.0);
    }
}

/// `low` with bit `i` of `high` as its bit 4.
pub(super) fn quant(low: u8, high: u32, i: usize) -> u8 {
    low | ((high >> i & 1) as u8) << 4
}
