//! `Q5_1`: `x[i] = d q[i] + m`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..2   | f16 `d` |
//! | 2..4   | f16 `m` |
//! | 4..8   | u32: bit `i` is bit 4 of `q[i]` |
//! | 8..24  | byte `i`: low nibble bits 0..4 of `q[i]`, high nibble those of `q[i + 16]` |

use super::q5_0::quant;

pub(super) fn dequantize(block: &[u8; 24], out: &mut [f32; 32]) {
    let d = super::half_at(block, 0);
    let m = super::half_at(block, 2);
    let high = u32::from_le_bytes([block[4], block[5], block[6], block[7]]);
    for (i, &pair) in block[8..].iter().enumerate() {
        out[i] = d * f32::from(quant(pair & 15, high, i)) + m;
        out[i + 16] = d * f32::from(quant(pair >> 4, high, i + 16)) + m;
    }
}
