use super::over_rows;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out[t] = x[t] · (1 + strength · ln(1 + ⌊(position + t + 1) / floor⌋))`: both `[T, columns]`.
pub(crate) fn temper(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, out]: [&Buffer; 2],
    strength: f32,
    floor: usize,
    columns: usize,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("temper").constant("STRENGTH", strength).constant("FLOOR", floor as u32);
    let binds = [uniform(0, step), read(1, x), write(2, out)];
    over_rows(kernels, kernel, &binds, columns, Rows::Tokens)
}
