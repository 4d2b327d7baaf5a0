use super::over_rows;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out = a + b`: all `[rows, columns]`.
pub(crate) fn add(
    kernels: &mut Kernels,
    step: &Buffer,
    [a, b, out]: [&Buffer; 3],
    columns: usize,
    rows: Rows,
) -> Result<Dispatch, BackendError> {
    let binds = [uniform(0, step), read(1, a), write(2, out), read(3, b)];
    over_rows(kernels, Kernel::new("add"), &binds, columns, rows)
}
