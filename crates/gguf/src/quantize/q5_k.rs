//! `Q5_K`: see `k_blocks.rs`; bytes as in `format/q5_k.rs`.

pub(super) fn quantize(x: &[f32; 256], importance: Option<&[f32; 256]>) -> [u8; 176] {
    let block = super::k_blocks::quantize(x, importance, 31);
    let high: [u8; 32] =
        std::array::from_fn(|l| (0..8).fold(0, |bits, j| bits | block.levels[32 * j + l] >> 4 << j));
    let pairs: [u8; 128] = std::array::from_fn(|i| {
        let at = i / 32 * 64 + i % 32;
        block.levels[at] & 15 | block.levels[at + 32] << 4
    });
    super::joined(&[&block.head, &high, &pairs])
}
