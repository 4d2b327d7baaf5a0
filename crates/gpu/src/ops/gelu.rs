use super::over_rows;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out = gelu(x)`: both `[T, columns]`.
pub(crate) fn gelu(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, out]: [&Buffer; 2],
    columns: usize,
) -> Result<Dispatch, BackendError> {
    let binds = [uniform(0, step), read(1, x), write(2, out)];
    over_rows(kernels, Kernel::new("gelu"), &binds, columns, Rows::Tokens)
}
