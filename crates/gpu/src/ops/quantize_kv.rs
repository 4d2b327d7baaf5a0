use super::elementwise;
use crate::{
    cache::{Cache, Groups},
    kernel::{Dispatch, Kernel, Kernels, read, uniform, write},
};
use ops::{BackendError, CacheFormat, Rows};
use wgpu::Buffer;

/// Appends the fresh keys and values `[T, K·E]` of a step to the cache at the step's position, in groups; nothing where
/// the cache keeps floats.
pub(crate) fn quantize_kv(
    kernels: &mut Kernels,
    step: &Buffer,
    cache: &Cache,
) -> Result<Option<Dispatch>, BackendError> {
    let Some(Groups { scales, fresh }) = &cache.groups else { return Ok(None) };
    let groups = cache.width / CacheFormat::GROUP;
    let kernel = Kernel::new("quantize_kv").constant("GROUPS", groups as u32);
    let binds = [uniform(0, step), read(1, fresh), write(2, &cache.rows), write(3, scales)];
    kernels.dispatch(&kernel, &binds, elementwise(groups, Rows::Tokens)).map(Some)
}
