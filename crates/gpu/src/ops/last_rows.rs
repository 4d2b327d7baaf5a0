use super::elementwise;
use crate::kernel::{Dispatch, Kernel, Kernels, read, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// The last rows of x `[T, columns]`, as many as the step's head wants.
pub(crate) fn last_rows(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, out]: [&Buffer; 2],
    columns: usize,
) -> Result<Dispatch, BackendError> {
    let width = columns / 4;
    let kernel = Kernel::new("last_rows").constant("WIDTH", width as u32);
    let binds = [read(0, step), read(1, x), write(2, out)];
    kernels.dispatch(&kernel, &binds, elementwise(width, Rows::Head))
}
