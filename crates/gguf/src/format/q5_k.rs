//! `Q5_K`: `x[i] = d scale[j] q[i] - dmin min[j]` with `j = i / 32`.
//!
//! | bytes    | what |
//! |----------|------|
//! | 0..2     | f16 `d` |
//! | 2..4     | f16 `dmin` |
//! | 4..16    | scales and minima, see `k_scales` |
//! | 16..48   | byte `l`: bit `j` is bit 4 of `q[32 j + l]` |
//! | 48..176  | byte `32 p + l`: low nibble bits 0..4 of `q[64 p + l]`, high nibble those of `q[64 p + 32 + l]` |

use super::k_scales::scale_and_min;

pub(super) fn dequantize(block: &[u8; 176], out: &mut [f32; 256]) {
    let d = super::half_at(block, 0);
    let dmin = super::half_at(block, 2);
    let high = &block[16..48];
    for (j, out) in out.chunks_exact_mut(32).enumerate() {
        let (scale, min) = scale_and_min(&block[4..16], j);
        let scale = d * f32::from(scale);
        let min = dmin * f32::from(min);
        let pairs = &block[48 + j / 2 * 32..][..32];
        for (l, out) in out.iter_mut().enumerate() {
            let q = pairs[l] >> (j % 2 * 4) & 15 | (high[l] >> j & 1) << 4;
            *out = scale * f32::from(q) - min;
        }
    }
}
