//! `Q3_K`: `x[i] = d (scale[i / 16] - 32) (q[i] - 4)`.
//!
//! | bytes    | what |
//! |----------|------|
//! | 0..32    | byte `l`: bit `j` is bit 2 of `q[32 j + l]` |
//! | 32..96   | bits 0 and 1 of `q`, see `k_pairs` |
//! | 96..108  | `scale`, six bits each, see [`scale`] |
//! | 108..110 | f16 `d` |

use super::k_pairs::pair;

pub(super) fn dequantize(block: &[u8; 110], out: &mut [f32; 256]) {
    let d = super::half_at(block, 108);
    for (i, out) in out.iter_mut().enumerate() {
        let scale = d * (f32::from(scale(&block[96..108], i / 16)) - 32.0);
        let q = pair(&block[32..96], i) | (block[i % 32] >> (i / 32) & 1) << 2;
        *out = scale * (f32::from(q) - 4.0);
    }
}

/// `scale[j]`, j 0..16, of the twelve bytes `packed`: nibble `j / 8` of byte `j % 8` is its bits 0 to 3, bits
/// `2 (j / 4)` and the next of byte `8 + j % 4` its bits 4 and 5.
fn scale(packed: &[u8], j: usize) -> u8 {
    packed[j % 8] >> (j / 8 * 4) & 15 | (packed[8 + j % 4] >> (j / 4 * 2) & 3) << 4
}
