use super::over_rows;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Rows};
use std::ops::Range;
use wgpu::Buffer;

/// `out = x[.., range]`: x `[rows, columns]`. With `last` x has a row for every token, of which the last are taken.
pub(crate) fn columns(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, out]: [&Buffer; 2],
    columns: usize,
    range: Range<usize>,
    rows: Rows,
    last: bool,
) -> Result<Dispatch, BackendError> {
    let mut kernel = Kernel::new("columns")
        .constant("STRIDE", columns as u32 / 4)
        .constant("FROM", range.start as u32 / 4);
    if last {
        kernel = kernel.define("LAST", 1);
    }
    let binds = [uniform(0, step), read(1, x), write(2, out)];
    over_rows(kernels, kernel, &binds, range.len(), rows)
}
