//! `MXFP4`: `x[i] = 2^(e - 128) VALUES[q[i]]` (OCP Microscaling Formats, version 1.0; the values here are twice
//! those there, the power half).
//!
//! | bytes  | what |
//! |--------|------|
//! | 0      | u8 `e` |
//! | 1..17  | byte `i`: low nibble `q[i]`, high nibble `q[i + 16]` |

/// What a nibble stands for: a sign, two bits of an exponent, one of a mantissa; twice the value.
const VALUES: [f32; 16] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 0.0, -1.0, -2.0, -3.0, -4.0, -6.0, -8.0, -12.0];

pub(super) fn dequantize(block: &[u8; 17], out: &mut [f32; 32]) {
    // The smallest two powers are subnormal.
    let d = f32::from_bits(match block[0] {
        e @ 0..2 => 1 << (21 + e),
        e => u32::from(e - 1) << 23,
    });
    for (i, &pair) in block[1..].iter().enumerate() {
        out[i] = d * VALUES[usize::from(pair & 15)];
        out[i + 16] = d * VALUES[usize::from(pair >> 4)];
    }
}
