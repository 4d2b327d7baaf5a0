use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out = x / sqrt(mean(x²) + eps) · gain`: x and out `[rows, columns]`, gain `[columns]`.
pub(crate) fn rms_norm(
    kernels: &mut Kernels,
    [x, gain, out]: [&Buffer; 3],
    columns: usize,
    eps: f32,
    rows: Rows,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("rms_norm")
        .constant("WIDTH", columns as u32 / 4)
        .constant("DIM", columns as u32)
        .constant("EPS", eps);
    let binds = [read(1, x), write(2, out), read(3, gain)];
    kernels.dispatch(&kernel, &binds, [Count::Rows(rows, 1), Count::Fixed(1)])
}
