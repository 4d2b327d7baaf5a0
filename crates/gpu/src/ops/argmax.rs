use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, write};
use ops::BackendError;
use wgpu::Buffer;

/// Picks the most likely token of the last row of logits, notes it, and makes it the next step's token.
pub(crate) fn argmax(
    kernels: &mut Kernels,
    step: &Buffer,
    [logits, picked, tokens]: [&Buffer; 3],
    vocabulary: usize,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("argmax").constant("VOCABULARY", vocabulary as u32);
    let binds = [write(0, step), read(1, logits), write(2, picked), write(3, tokens)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(1), Count::Fixed(1)])
}
