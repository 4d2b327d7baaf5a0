//! The two low bits of each of 256 values, in 64 bytes: with `i = 128 h + 32 k + l`, bits `2 k` and `2 k + 1` of byte
//! `32 h + l` are those of value `i`. `Q2_K`, `Q3_K`, `TQ2_0`.

/// The two bits of value `i`.
pub(super) fn pair(packed: &[u8], i: usize) -> u8 {
    let (h, k, l) = (i / 128, i / 32 % 4, i % 32);
    packed[32 * h + l] >> (2 * k) & 3
}
