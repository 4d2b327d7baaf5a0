use super::over_rows;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out = factor · x`: both `[rows, columns]`.
pub(crate) fn scale(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, out]: [&Buffer; 2],
    factor: f32,
    columns: usize,
    rows: Rows,
) -> Result<Dispatch, BackendError> {
    let binds = [uniform(0, step), read(1, x), write(2, out)];
    over_rows(kernels, Kernel::new("scale").constant("FACTOR", factor), &binds, columns, rows)
}
