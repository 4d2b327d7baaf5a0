use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// Lanes of a workgroup.
const LANES: usize = 64;
/// Slices of a row: with 49 152 tokens each has 24, and 64 lanes then have 32 slices each.
const SLICES: usize = 2048;

/// The largest logit of each slice of each row, and its token: `[rows, SLICES]`.
pub(crate) struct Best {
    pub(crate) slices: usize,
    /// The logits, as integers in the same order.
    pub(crate) keys: Buffer,
    pub(crate) ids: Buffer,
}

impl Best {
    pub(crate) fn new(kernels: &Kernels, rows: usize, vocabulary: usize) -> Self {
        let slices = SLICES.min(vocabulary.next_multiple_of(LANES));
        let buffer = |label| kernels.gpu.storage(label, (rows * slices * size_of::<u32>()) as u64);
        Self { slices, keys: buffer("best keys"), ids: buffer("best ids") }
    }
}

/// The largest of every slice of logits `[rows, V]`.
pub(crate) fn argmax(
    kernels: &mut Kernels,
    logits: &Buffer,
    best: &Best,
    vocabulary: usize,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("argmax")
        .constant("VOCABULARY", vocabulary as u32)
        .constant("SLICES", best.slices as u32);
    let binds = [read(0, logits), write(1, &best.keys), write(2, &best.ids)];
    let groups = (best.slices / LANES) as u32;
    kernels.dispatch(&kernel, &binds, [Count::Fixed(groups), Count::Rows(Rows::Head, 1)])
}
