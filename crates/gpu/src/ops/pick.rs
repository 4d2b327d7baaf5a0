use super::Best;
use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, write};
use ops::BackendError;
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
