use super::over_rows;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out = x + bias`: x and out `[rows, columns]`, bias `[columns]`.
pub(crate) fn add_bias(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, bias, out]: [&Buffer; 3],
    columns: usize,
    rows: Rows,
) -> Result<Dispatch, BackendError> {
    let binds = [uniform(0, step), read(1, x), write(2, out), read(3, bias)];
    over_rows(kernels, Kernel::new("add_bias"), &binds, columns, rows)
}
