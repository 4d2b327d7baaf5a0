use super::elementwise;
use crate::{
    cache::Cache,
    kernel::{Dispatch, Kernel, Kernels, read, uniform, write},
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// Appends key and value `[T, K·E]` to the cache at the step's position, or leaves them for [`super::quantize_kv`].
pub(crate) fn store_kv(
    kernels: &mut Kernels,
    step: &Buffer,
    [key, value]: [&Buffer; 2],
    cache: &Cache,
) -> Result<Dispatch, BackendError> {
    let width = cache.width / 4;
    let kernel = cache.writer(Kernel::new("store_kv").constant("WIDTH", width as u32));
    let binds = [uniform(0, step), read(1, key), write(2, cache.target()), read(3, value)];
    kernels.dispatch(&kernel, &binds, elementwise(width, Rows::Tokens))
}
