//! `IQ1_M`: `x[i] = d (2 scale[i / 16] + 1) (t[i] ± 1/8)`, with `t[i]` of −1, 0, 1.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..32  | byte `k`: bits 0 to 7 of the pattern of values `8 k …` |
//! | 32..48 | nibble `k` (low ones first): bits 8 to 10 of the pattern; bit 3 is set where 1/8 is taken away |
//! | 48..56 | u16 `h`, 0..4: bits `3 j` to `3 j + 2` are `scale[4 h + j]`; bits 12 to 15 are bits `4 h …` of the f16 `d` |

use super::{
    coded::{Coded, TERNARY},
    iq1_s::{GRID, value},
};
use half::f16;

pub(super) fn dequantize(block: &[u8; 56], out: &mut [f32; 256]) {
    coded(block).values(out, |d, s| d * (2.0 * s + 1.0), value);
}

pub(super) fn coded(block: &[u8; 56]) -> Coded {
    let scales: [u16; 4] =
        std::array::from_fn(|h| u16::from_le_bytes([block[48 + 2 * h], block[49 + 2 * h]]));
    let d = (0..4).fold(0, |d, h| d | scales[h] >> 12 << (4 * h));
    let mut coded = Coded { d: f16::from_bits(d), scales: [0; 16], codes: [0; 256] };
    for (i, scale) in coded.scales.iter_mut().enumerate() {
        *scale = (scales[i / 4] >> (i % 4 * 3) & 7) as u8;
    }
    for (k, codes) in coded.codes.chunks_exact_mut(8).enumerate() {
        let high = block[32 + k / 2] >> (k % 2 * 4);
        let pattern = GRID[usize::from(block[k]) | usize::from(high & 7) << 8];
        TERNARY.write(pattern, if high & 8 != 0 { 0xff } else { 0 }, codes);
    }
    coded
}
