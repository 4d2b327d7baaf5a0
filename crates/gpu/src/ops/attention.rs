use crate::{
    cache::Cache,
    kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write},
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// The numbers of an attention, as in [`ops::Op::Attention`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttentionShape {
    pub(crate) heads: usize,
    pub(crate) kv_heads: usize,
    pub(crate) head_dim: usize,
    pub(crate) scale: f32,
}

impl AttentionShape {
    /// `kernel` with what `shaders/lib/attention.wgsl` wants to know.
    pub(super) fn variant(self, kernel: Kernel) -> Kernel {
        kernel
            .define("E4", self.head_dim / 4)
            .constant("HEADS", self.heads as u32)
            .constant("KV_HEADS", self.kv_heads as u32)
            .constant("SCALE", self.scale)
    }

    /// Whether the kernels for GPUs take heads of this width.
    pub(crate) fn suits_gpus(self) -> bool {
        self.head_dim.is_multiple_of(16) && self.head_dim <= 128
    }

    pub(super) fn too_wide(self) -> BackendError {
        BackendError::TooSmall(format!("heads of {} values are too wide", self.head_dim))
    }
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
        .ok_or_else(|| shape.too_wide())?;
    let kernel = cache.reader(shape.variant(Kernel::new("attention").define("LANES", lanes)));
    let mut binds = vec![uniform(0, step), read(1, buffers.query), write(2, buffers.out)];
    binds.extend(cache.binds());
    kernels.dispatch(&kernel, &binds, [Count::Fixed(shape.heads as u32), Count::Rows(Rows::Tokens, 1)])
}
