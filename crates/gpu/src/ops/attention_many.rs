use super::AttentionShape;
use crate::{
    cache::Cache,
    kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write},
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// Tokens a workgroup.
const TOKENS: u32 = 32;

/// Attends as [`super::attention()`], for many tokens at once.
pub(crate) fn attention_many(
    kernels: &mut Kernels,
    step: &Buffer,
    [query, out]: [&Buffer; 2],
    cache: &Cache,
    shape: AttentionShape,
) -> Result<Dispatch, BackendError> {
    // Keys and values of a tile lie in workgroup memory, of which WebGPU promises 16 KiB.
    let tile = [32, 16, 8, 4]
        .into_iter()
        .find(|tile| 2 * tile * shape.head_dim * 4 <= 16 << 10)
        .ok_or_else(|| shape.too_wide())?;
    let kernel = Kernel::new("attention_many").define("TILE", tile);
    let kernel = shape.variant(kernel, cache);
    let binds = [uniform(0, step), read(1, query), write(2, out), read(3, &cache.buffer)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(shape.heads as u32), Count::Rows(Rows::Tokens, TOKENS)])
}
