use super::Ranked;
use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, write};
use ops::BackendError;
use wgpu::Buffer;

/// Most chunks that fit the 16 KiB of workgroup memory that WebGPU promises: 262 144 tokens.
const MOST_CHUNKS: usize = 1024;

/// Chooses a token from ranked logits, notes it, and makes it the next step's token.
///
/// # Errors
/// [`BackendError::TooSmall`] where the vocabulary passes [`MOST_CHUNKS`].
pub(crate) fn choose(
    kernels: &mut Kernels,
    step: &Buffer,
    [choice, recent]: [&Buffer; 2],
    ranked: &Ranked,
    [picked, tokens]: [&Buffer; 2],
    vocabulary: usize,
) -> Result<Dispatch, BackendError> {
    if ranked.chunks > MOST_CHUNKS {
        return Err(BackendError::TooSmall(format!("it cannot choose among {vocabulary} tokens")));
    }
    let kernel =
        Kernel::new("choose").define("CHUNKS", ranked.chunks).constant("VOCABULARY", vocabulary as u32);
    let binds = [
        read(0, choice),
        write(1, step),
        write(2, picked),
        write(3, tokens),
        read(4, &ranked.keys),
        read(5, &ranked.ids),
        read(6, &ranked.mass),
        write(7, recent),
    ];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(1), Count::Fixed(1)])
}
