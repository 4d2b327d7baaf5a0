use super::AttentionShape;
use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// Positions a split, where several workgroups share a head.
pub(crate) const SPAN: u32 = 256;
/// Tokens of a step up to which they do.
pub(crate) const SPLIT_TOKENS: u32 = 64;

/// Joins the parts that the splits of an attention left: out `[T, H·E]`.
pub(crate) fn attention_join(
    kernels: &mut Kernels,
    step: &Buffer,
    [parts, out]: [&Buffer; 2],
    shape: AttentionShape,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("attention_join")
        .define("E4", shape.head_dim / 4)
        .define("SPAN", SPAN)
        .constant("HEADS", shape.heads as u32);
    let binds = [uniform(0, step), read(1, parts), write(2, out)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(shape.heads as u32), Count::Rows(Rows::Tokens, 1)])
}

/// Bytes of the parts `[T, H, splits, E + 4]` of an attention over `positions`.
pub(crate) fn parts_bytes(shape: AttentionShape, positions: usize) -> u64 {
    let splits = positions.div_ceil(SPAN as usize);
    (SPLIT_TOKENS as usize * shape.heads * splits * (shape.head_dim + 4) * size_of::<f32>()) as u64
}
