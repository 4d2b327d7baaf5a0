//! `TQ1_0`: `x[i] = d (t[i] - 1)`, with trits `t[i]`.
//!
//! A byte `b` holds up to five trits: trit `n` is `3 (3ⁿ b mod 256) / 256`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..32  | byte `l`: trit `n` is `t[32 n + l]`, n 0..5 |
//! | 32..48 | byte `l`: trit `n` is `t[160 + 16 n + l]`, n 0..5 |
//! | 48..52 | byte `l`: trit `n` is `t[240 + 4 n + l]`, n 0..4 |
//! | 52..54 | f16 `d` |

use super::coded::Coded;

pub(super) fn dequantize(block: &[u8; 54], out: &mut [f32; 256]) {
    coded(block).values(out, |d, _| d, |code| f32::from(code) - 1.0);
}

pub(super) fn coded(block: &[u8; 54]) -> Coded {
    let mut coded = Coded::new(block, 52);
    let (first, rest) = coded.codes.split_at_mut(160);
    let (second, third) = rest.split_at_mut(80);
    trits(&block[..32], first);
    trits(&block[32..48], second);
    trits(&block[48..52], third);
    coded
}

/// The first trit of every byte, then the second of every byte, and so on.
fn trits(bytes: &[u8], out: &mut [u8]) {
    let mut power = 1u8;
    for out in out.chunks_exact_mut(bytes.len()) {
        for (out, byte) in out.iter_mut().zip(bytes) {
            *out = ((u16::from(byte.wrapping_mul(power)) * 3) >> 8) as u8;
        }
        power *= 3;
    }
}
