//! `Q4_0`: `x[i] = d (q[i] - 8)`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..2   | f16 `d` |
//! | 2..18  | byte `i`: low nibble `q[i]`, high nibble `q[i + 16]` |

pub(super) fn dequantize(block: &[u8; 18], out: &mut [f32; 32]) {
    let d = super::half_at(block, 0);
    for (i, &pair) in block[2..].iter().enumerate() {
        out[i] = d * (f32::from(pair & 15) - 8.0);
        out[i + 16] = d * (f32::from(pair >> 4) - 8.0);
    }
}
