use crate::{
    cache::Cache,
    kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write},
};
use ops::{AttentionShape, BackendError, Rows, Span};
use wgpu::Buffer;

/// `kernel` with what `shaders/lib/attention.wgsl` wants to know.
pub(super) fn attending(kernel: Kernel, shape: AttentionShape) -> Kernel {
    let mut kernel = kernel
        .define("E4", shape.head_dim / 4)
        .constant("HEADS", shape.heads as u32)
        .constant("KV_HEADS", shape.kv_heads as u32)
        .constant("SCALE", shape.scale);
    if let Some(cap) = shape.softcap {
        kernel = kernel.define("SOFTCAP", 1).constant("CAP", cap);
    }
    match shape.span {
        Span::All => kernel.define("ALL_SEEN", 1),
        Span::Window(width) => kernel.define("SPAN_window", 1).constant("WIDTH", width as u32),
        Span::Chunk(width) => kernel.define("SPAN_chunk", 1).constant("WIDTH", width as u32),
    }
}

/// Whether the kernels for GPUs take heads of this width.
pub(crate) fn suits_gpus(shape: AttentionShape) -> bool {
    shape.head_dim.is_multiple_of(16) && shape.head_dim <= 256
}

/// Whether heads are so wide that a lane's registers cannot hold a query and what is mixed for it.
pub(crate) fn is_wide(shape: AttentionShape) -> bool {
    shape.head_dim > 128
}

pub(super) fn too_wide(shape: AttentionShape) -> BackendError {
    BackendError::TooSmall(format!("heads of {} values are too wide", shape.head_dim))
}

/// The activations of an attention.
#[derive(Clone, Copy)]
pub(crate) struct AttentionBuffers<'a> {
    /// `[T, H·E]`.
    pub(crate) query: &'a Buffer,
    /// `[T, H·E]`.
    pub(crate) out: &'a Buffer,
    /// [`super::parts_bytes`] of scratch memory.
    pub(crate) parts: &'a Buffer,
}

/// Attends from query `[T, H·E]` to the cache: out `[T, H·E]`.
pub(crate) fn attention(
    kernels: &mut Kernels,
    step: &Buffer,
    buffers: AttentionBuffers<'_>,
    cache: &Cache,
    shape: AttentionShape,
) -> Result<Dispatch, BackendError> {
    // Every lane keeps a head and two numbers in workgroup memory, of which WebGPU promises 16 KiB.
    let lanes = [32, 16, 8, 4]
        .into_iter()
        .find(|lanes| lanes * (shape.head_dim + 2) * 4 <= 16 << 10)
        .ok_or_else(|| too_wide(shape))?;
    let mut kernel = cache.reader(attending(Kernel::new("attention").define("LANES", lanes), shape));
    if is_wide(shape) {
        kernel = kernel.define("WIDE", 1);
    }
    let mut binds = vec![uniform(0, step), read(1, buffers.query), write(2, buffers.out)];
    binds.extend(cache.binds());
    kernels.dispatch(&kernel, &binds, [Count::Fixed(shape.heads as u32), Count::Rows(Rows::Tokens, 1)])
}
