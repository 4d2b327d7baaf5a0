use super::of_rows;
use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// What a norm works on.
#[derive(Clone, Copy)]
pub(crate) struct NormShape {
    pub(crate) columns: usize,
    /// Columns that are normalised together.
    pub(crate) width: usize,
    pub(crate) eps: f32,
    pub(crate) rows: Rows,
    /// x has a row for every token, of which the last are taken.
    pub(crate) last: bool,
}

/// `out = x / sqrt(mean(x²) + eps) · gain`: x and out `[rows, columns]`, gain `[width]`, or none.
pub(crate) fn rms_norm(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, out]: [&Buffer; 2],
    gain: Option<&Buffer>,
    shape: NormShape,
) -> Result<Dispatch, BackendError> {
    let NormShape { columns, width, eps, rows, last } = shape;
    let mut kernel = Kernel::new("rms_norm")
        .constant("WIDTH", width as u32 / 4)
        .constant("DIM", width as u32)
        .constant("EPS", eps);
    let mut binds = vec![uniform(0, step), read(1, x), write(2, out)];
    if let Some(gain) = gain {
        kernel = kernel.define("GAIN", 1);
        binds.push(read(3, gain));
    }
    if last {
        kernel = kernel.define("LAST", 1);
    }
    let runs = Count::Fixed((columns / width) as u32);
    kernels.dispatch(&of_rows(kernel, rows), &binds, [Count::Rows(rows, 1), runs])
}
