//! `Q4_K`: see `k_blocks.rs`; bytes as in `format/q4_k.rs`.

pub(super) fn quantize(x: &[f32; 256], importance: Option<&[f32; 256]>) -> [u8; 144] {
    let block = super::k_blocks::quantize(x, importance, 15);
    let pairs: [u8; 128] = std::array::from_fn(|i| {
        let at = i / 32 * 64 + i % 32;
        block.levels[at] | block.levels[at + 32] << 4
    });
    super::joined(&[&block.head, &pairs])
}
