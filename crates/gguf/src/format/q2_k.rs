//! `Q2_K`: `x[i] = d scale[i / 16] q[i] - dmin min[i / 16]`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..16  | byte `j`: low nibble `scale[j]`, high nibble `min[j]` |
//! | 16..80 | `q`, two bits each, see `k_pairs` |
//! | 80..82 | f16 `d` |
//! | 82..84 | f16 `dmin` |

use super::k_pairs::pair;

pub(super) fn dequantize(block: &[u8; 84], out: &mut [f32; 256]) {
    let d = super::half_at(block, 80);
    let dmin = super::half_at(block, 82);
    for (i, out) in out.iter_mut().enumerate() {
        let scale = d * f32::from(block[i / 16] & 15);
        let min = dmin * f32::from(block[i / 16] >> 4);
        *out = scale * f32::from(pair(&block[16..80], i)) - min;
    }
}
