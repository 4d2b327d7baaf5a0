use super::Best;
use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// Picks the most likely token of one row, notes it, and makes it the next step's token.
pub(crate) fn pick(
    kernels: &mut Kernels,
    step: &Buffer,
    best: &Best,
    [picked, tokens]: [&Buffer; 2],
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("pick").constant("SLICES", best.slices as u32);
    let binds = [write(1, step), write(2, picked), write(3, tokens), read(4, &best.keys), read(5, &best.ids)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(1), Count::Fixed(1)])
}

/// Picks the most likely token of every row.
pub(crate) fn pick_rows(
    kernels: &mut Kernels,
    best: &Best,
    picked: &Buffer,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("pick").define("ROWS", 1).constant("SLICES", best.slices as u32);
    let binds = [write(2, picked), read(4, &best.keys), read(5, &best.ids)];
    kernels.dispatch(&kernel, &binds, [Count::Rows(Rows::Head, 1), Count::Fixed(1)])
}
