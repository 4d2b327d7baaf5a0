//! `Q4_1`: `x[i] = d q[i] + m`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..2   | f16 `d` |
//! | 2..4   | f16 `m` |
//! | 4..20  | byte `i`: low nibble `q[i]`, high nibble `q[i + 16]` |

pub(super) fn dequantize(block: &[u8; 20], out: &mut [f32; 32]) {
    let d = super::half_at(block, 0);
    let m = super::half_at(block, 2);
    for (i, &pair) in block[4..].iter().enumerate() {
        out[i] = d * f32::from(pair & 15) + m;
        out[i + 16] = d * f32::from(pair >> 4) + m;
    }
}
