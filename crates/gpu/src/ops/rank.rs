use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, write};
use ops::BackendError;
use wgpu::Buffer;

/// Tokens that are ranked together.
const CHUNK: usize = 256;

/// The tokens of each chunk of logits, the most likely first: three buffers `[⌈V / CHUNK⌉, CHUNK]`.
pub(crate) struct Ranked {
    pub(crate) chunks: usize,
    /// The logits, as integers in the same order.
    pub(crate) keys: Buffer,
    pub(crate) ids: Buffer,
    /// What the ranks up to each weigh together, where the first weighs 1.
    pub(crate) mass: Buffer,
}

impl Ranked {
    pub(crate) fn new(kernels: &Kernels, vocabulary: usize) -> Self {
        let chunks = vocabulary.div_ceil(CHUNK);
        let buffer = |label| kernels.gpu.storage(label, (chunks * CHUNK * size_of::<u32>()) as u64);
        Self { chunks, keys: buffer("keys"), ids: buffer("ids"), mass: buffer("mass") }
    }
}

/// Applies the repetition penalty to logits `[V]` and ranks them by chunks.
pub(crate) fn rank(
    kernels: &mut Kernels,
    [choice, recent, logits]: [&Buffer; 3],
    ranked: &Ranked,
    vocabulary: usize,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("rank").constant("VOCABULARY", vocabulary as u32);
    let binds = [
        read(0, choice),
        read(1, logits),
        read(2, recent),
        write(3, &ranked.keys),
        write(4, &ranked.ids),
        write(5, &ranked.mass),
    ];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(ranked.chunks as u32), Count::Fixed(1)])
}
