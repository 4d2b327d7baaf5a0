use super::elementwise;
use crate::{
    cache::Cache,
    kernel::{Dispatch, Kernel, Kernels, read, uniform, write},
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// Gates x, convolves it with what the cache keeps of it and gates that: x `[T, 3·D]`, weights `[D, taps]`, out `[T, D]`.
pub(crate) fn short_conv(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, weights, out]: [&Buffer; 3],
    cache: &Cache,
    taps: usize,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("short_conv").define("TAPS", taps).constant("WIDTH", cache.width as u32);
    let binds = [uniform(0, step), read(1, x), write(2, out), read(3, weights), write(4, &cache.rows)];
    kernels.dispatch(&kernel, &binds, elementwise(cache.width, Rows::Tokens))
}
