//! `Q8_0`: `x[i] = d q[i]`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..2   | f16 `d` |
//! | 2..34  | i8 `q[0..32]` |

pub(super) fn dequantize(block: &[u8; 34], out: &mut [f32; 32]) {
    let d = super::half_at(block, 0);
    for (out, &q) in out.iter_mut().zip(&block[2..]) {
        *out = d * f32::from(q as i8);
    }
}
