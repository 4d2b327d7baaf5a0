use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write},
    planes::GROUP,
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// Activations as signed bytes.
#[derive(Clone)]
pub(crate) struct Packed {
    /// `[T, C]`, four a word.
    pub(crate) quants: Buffer,
    /// `[T, C / 32]` of (d, d · Σ q).
    pub(crate) scales: Buffer,
}

impl Packed {
    /// Room for so many activations.
    pub(crate) fn new(kernels: &Kernels, values: usize) -> Self {
        let storage = |label, bytes: usize| kernels.gpu.storage(label, bytes as u64);
        Self {
            quants: storage("packed", values),
            scales: storage("packed scales", values / GROUP * size_of::<[f32; 2]>()),
        }
    }

    /// Whether so many fit.
    pub(crate) fn holds(&self, values: usize) -> bool {
        self.quants.size() >= values as u64
    }
}

/// `q[t, k] = round(x[t, k] / d)` with `d = max |x| / 127` over each group of 32 columns: x `[T, C]`.
pub(crate) fn quantize(
    kernels: &mut Kernels,
    step: &Buffer,
    x: &Buffer,
    packed: &Packed,
    columns: usize,
) -> Result<Dispatch, BackendError> {
    let groups = (columns / GROUP) as u32;
    let kernel = Kernel::new("quantize").constant("GROUPS", groups);
    let binds = [uniform(0, step), read(1, x), write(2, &packed.quants), write(3, &packed.scales)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(groups.div_ceil(32)), Count::Rows(Rows::Tokens, 1)])
}
