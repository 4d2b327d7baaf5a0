use super::over_rows;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out[t] = Σ_i weight[t, i] · x[t, i]`: x `[T, chosen · columns]`, route `[T, 2 · chosen]`, out `[T, columns]`.
pub(crate) fn combine(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, route, out]: [&Buffer; 3],
    chosen: usize,
    columns: usize,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("combine").constant("CHOSEN", chosen as u32);
    let binds = [uniform(0, step), read(1, x), write(2, out), read(3, route)];
    over_rows(kernels, kernel, &binds, columns, Rows::Tokens)
}
