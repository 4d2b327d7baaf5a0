use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out = x / sqrt(mean(x²) + eps) · gain`: x and out `[rows, columns]`, gain `[columns]`. With `last` x has a row for
/// every token, of which the last are taken.
pub(crate) fn rms_norm(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, gain, out]: [&Buffer; 3],
    columns: usize,
    eps: f32,
    rows: Rows,
    last: bool,
) -> Result<Dispatch, BackendError> {
    let mut kernel = Kernel::new("rms_norm")
        .constant("WIDTH", columns as u32 / 4)
        .constant("DIM", columns as u32)
        .constant("EPS", eps);
    if rows == Rows::Head {
        kernel = kernel.define("HEAD", 1);
    }
    if last {
        kernel = kernel.define("LAST", 1);
    }
    let binds = [uniform(0, step), read(1, x), write(2, out), read(3, gain)];
    kernels.dispatch(&kernel, &binds, [Count::Rows(rows, 1), Count::Fixed(1)])
}
