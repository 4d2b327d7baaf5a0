use super::elementwise;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out = a + b`: all `[T, columns]`.
pub(crate) fn add(
    kernels: &mut Kernels,
    step: &Buffer,
    [a, b, out]: [&Buffer; 3],
    columns: usize,
) -> Result<Dispatch, BackendError> {
    let width = columns / 4;
    let kernel = Kernel::new("add").constant("WIDTH", width as u32);
    let binds = [uniform(0, step), read(1, a), write(2, out), read(3, b)];
    kernels.dispatch(&kernel, &binds, elementwise(width, Rows::Tokens))
}
