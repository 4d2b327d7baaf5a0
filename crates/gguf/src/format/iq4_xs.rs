//! `IQ4_XS`: `x[i] = d (scale[g] - 32) VALUES[q[i]]` with `g = i / 32` and the values of `IQ4_NL`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..2   | f16 `d` |
//! | 2..4   | u16: bits `2 g` and `2 g + 1` are bits 4 and 5 of `scale[g]` |
//! | 4..8   | nibble `g` (low ones first): bits 0 to 3 of `scale[g]` |
//! | 8..136 | byte `16 g + l`: low nibble `q[32 g + l]`, high nibble `q[32 g + 16 + l]`; l 0..16 |

use super::iq4_nl::VALUES;

pub(super) fn dequantize(block: &[u8; 136], out: &mut [f32; 256]) {
    let d = super::half_at(block, 0);
    let groups = block[8..].chunks_exact(16).zip(out.chunks_exact_mut(32));
    for (g, (pairs, out)) in groups.enumerate() {
        let (low, high) = (block[4 + g / 2] >> (g % 2 * 4) & 15, block[2 + g / 4] >> (g % 4 * 2) & 3);
        let scale = d * (f32::from(low | high << 4) - 32.0);
        for (l, &pair) in pairs.iter().enumerate() {
            out[l] = scale * VALUES[usize::from(pair & 15)];
            out[l + 16] = scale * VALUES[usize::from(pair >> 4)];
        }
    }
}
