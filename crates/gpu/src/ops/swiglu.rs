use super::over_rows;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out = gate · sigmoid(gate) · up`: all `[T, columns]`.
pub(crate) fn swiglu(
    kernels: &mut Kernels,
    step: &Buffer,
    [gate, up, out]: [&Buffer; 3],
    columns: usize,
) -> Result<Dispatch, BackendError> {
    let binds = [uniform(0, step), read(1, gate), write(2, out), read(3, up)];
    over_rows(kernels, Kernel::new("swiglu"), &binds, columns, Rows::Tokens)
}
