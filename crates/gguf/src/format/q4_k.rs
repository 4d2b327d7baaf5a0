//! `Q4_K`: `x[i] = d scale[j] q[i] - dmin min[j]` with `j = i / 32`.
//!
//! | bytes    | what |
//! |----------|------|
//! | 0..2     | f16 `d` |
//! | 2..4     | f16 `dmin` |
//! | 4..16    | scales and minima, see `k_scales` |
//! | 16..144  | byte `32 p + l`: low nibble `q[64 p + l]`, high nibble `q[64 p + 32 + l]`; p 0..4, l 0..32 |

use super::k_scales::scale_and_min;

pub(super) fn dequantize(block: &[u8; 144], out: &mut [f32; 256]) {
    let d = super::half_at(block, 0);
    let dmin = super::half_at(block, 2);
    for (j, out) in out.chunks_exact_mut(32).enumerate() {
        let (scale, min) = scale_and_min(&block[4..16], j);
        let scale = d * f32::from(scale);
        let min = dmin * f32::from(min);
        let pairs = &block[16 + j / 2 * 32..][..32];
        for (out, pair) in out.iter_mut().zip(pairs) {
            let q = pair >> (j % 2 * 4) & 15;
            *out = scale * f32::from(q) - min;
        }
    }
}
