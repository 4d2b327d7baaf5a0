//! `IQ4_NL`: `x[i] = d VALUES[q[i]]`.
//!
//! | bytes  | what |
//! |--------|------|
//! | 0..2   | f16 `d` |
//! | 2..18  | byte `i`: low nibble `q[i]`, high nibble `q[i + 16]` |

/// What a nibble stands for: steps that are finer near 0, where most weights are.
pub(super) const VALUES: [f32; 16] = [
    -127.0, -104.0, -83.0, -65.0, -49.0, -35.0, -22.0, -10.0, 1.0, 13.0, 25.0, 38.0, 53.0, 69.0, 89.0, 113.0,
];

pub(super) fn dequantize(block: &[u8; 18], out: &mut [f32; 32]) {
    let d = super::half_at(block, 0);
    for (i, &pair) in block[2..].iter().enumerate() {
        out[i] = d * VALUES[usize::from(pair & 15)];
        out[i + 16] = d * VALUES[usize::from(pair >> 4)];
    }
}
