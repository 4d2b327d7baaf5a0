//! `Q6_K`: `x[i] = d scale[i / 16] (q[i] - 32)`.
//!
//! A block is two halves of 128 values, each of four quarters of 32; with `i = 128 h + 32 k + l`:
//!
//! | bytes     | what |
//! |-----------|------|
//! | 0..128    | byte `64 h + 32 (k % 2) + l`: nibble `k / 2` (0 is low) is bits 0..4 of `q[i]` |
//! | 128..192  | byte `32 h + l`: its bits `2 k` and `2 k + 1` are bits 4..6 of `q[i]` |
//! | 192..208  | i8 `scale[0..16]` |
//! | 208..210  | f16 `d` |

pub(super) fn dequantize(block: &[u8; 210], out: &mut [f32; 256]) {
    let (low, high, scales) = (&block[..128], &block[128..192], &block[192..208]);
    let d = super::half_at(block, 208);
    for (i, out) in out.iter_mut().enumerate() {
        let (h, k, l) = (i / 128, i / 32 % 4, i % 32);
        let low = low[64 * h + 32 * (k % 2) + l] >> (k / 2 * 4) & 15;
        let high = high[32 * h + l] >> (2 * k) & 3;
        let scale = d * f32::from(scales[i / 16] as i8);
        *out = scale * (f32::from(low | high << 4) - 32.0);
    }
}
