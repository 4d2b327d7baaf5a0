use super::is_wide;
use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{AttentionShape, BackendError, Rows};
use wgpu::Buffer;

/// Tokens of a step up to which several workgroups share a head, where heads are not wide.
pub(super) const SPLIT_TOKENS: u32 = 64;

/// Positions a split.
pub(super) fn split_span(shape: AttentionShape) -> u32 {
    // Where all tokens are split, fewer parts; their weights must fit into the 16 KiB that WebGPU promises.
    if is_wide(shape) { 640 } else { 256 }
}

/// Joins the parts that the splits of an attention left: out `[T, H·E]`.
pub(crate) fn attention_join(
    kernels: &mut Kernels,
    step: &Buffer,
    [parts, out]: [&Buffer; 2],
    shape: AttentionShape,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("attention_join")
        .define("E4", shape.head_dim / 4)
        .define("SPAN", split_span(shape))
        .constant("HEADS", shape.heads as u32);
    let binds = [uniform(0, step), read(1, parts), write(2, out)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(shape.heads as u32), Count::Rows(Rows::Tokens, 1)])
}

/// Bytes of the parts `[T, H, splits, E + 4]` of an attention over `positions` in steps of at most `tokens`.
pub(crate) fn parts_bytes(shape: AttentionShape, positions: usize, tokens: usize) -> u64 {
    let splits = positions.div_ceil(split_span(shape) as usize);
    let tokens = if is_wide(shape) { tokens } else { tokens.min(SPLIT_TOKENS as usize) };
    (tokens * splits) as u64 * (shape.heads * (shape.head_dim + 4) * size_of::<f32>()) as u64
}
