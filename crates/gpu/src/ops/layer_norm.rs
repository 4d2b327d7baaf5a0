use super::of_rows;
use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out = (x − mean(x)) / sqrt(var(x) + eps) · gain + bias`: x and out `[rows, columns]`, gain and bias `[columns]`.
pub(crate) fn layer_norm(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, gain, bias, out]: [&Buffer; 4],
    columns: usize,
    eps: f32,
    rows: Rows,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("layer_norm")
        .constant("WIDTH", columns as u32 / 4)
        .constant("DIM", columns as u32)
        .constant("EPS", eps);
    let binds = [uniform(0, step), read(1, x), write(2, out), read(3, gain), read(4, bias)];
    kernels.dispatch(&of_rows(kernel, rows), &binds, [Count::Rows(rows, 1), Count::Fixed(1)])
}
