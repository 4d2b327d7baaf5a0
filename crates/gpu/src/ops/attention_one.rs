use super::AttentionShape;
use crate::{
    cache::Cache,
    kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write},
};
use ops::BackendError;
use wgpu::Buffer;

/// Positions that one workgroup attends to where it has a head to itself.
pub(crate) const WHOLE: u32 = 640;
/// Positions a workgroup where several share a head.
pub(crate) const SPAN: u32 = 256;

/// Attends as [`super::attention()`], for one token and up to [`WHOLE`] positions.
pub(crate) fn attention_one(
    kernels: &mut Kernels,
    step: &Buffer,
    [query, out]: [&Buffer; 2],
    cache: &Cache,
    shape: AttentionShape,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("attention_one").define("SPAN", WHOLE);
    let kernel = shape.variant(kernel, cache).define("E16", shape.head_dim / 16);
    let binds = [uniform(0, step), read(1, query), write(2, out), read(3, &cache.buffer)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(shape.heads as u32), Count::Fixed(1)])
}

/// The parts `[H, splits, E + 4]` of an attention for one token, a split being [`SPAN`] positions.
pub(crate) fn attention_one_split(
    kernels: &mut Kernels,
    step: &Buffer,
    [query, parts]: [&Buffer; 2],
    cache: &Cache,
    shape: AttentionShape,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("attention_one").define("SPAN", SPAN).define("SPLITS", 1);
    let kernel = shape.variant(kernel, cache).define("E16", shape.head_dim / 16);
    let binds = [uniform(0, step), read(1, query), write(2, parts), read(3, &cache.buffer)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(shape.heads as u32), Count::Context(SPAN)])
}

/// Bytes of the parts of an attention over `positions`.
pub(crate) fn parts_bytes(shape: AttentionShape, positions: usize) -> u64 {
    let splits = positions.div_ceil(SPAN as usize);
    (shape.heads * splits * (shape.head_dim + 4) * size_of::<f32>()) as u64
}
