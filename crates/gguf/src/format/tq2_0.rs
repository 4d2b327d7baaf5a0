//! `TQ2_0`: `x[i] = d (q[i] - 1)`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..64  | two bits each, see `k_pairs` |
//! | 64..66 | f16 `d` |

use super::k_pairs::pair;

pub(super) fn dequantize(block: &[u8; 66], out: &mut [f32; 256]) {
    let d = super::half_at(block, 64);
    for (i, out) in out.iter_mut().enumerate() {
        *out = d * (f32::from(pair(&block[..64], i)) - 1.0);
    }
}
