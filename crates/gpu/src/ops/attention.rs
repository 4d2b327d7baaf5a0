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
    pub(super) fn variant(self, kernel: Kernel, cache: &Cache) -> Kernel {
        kernel
            .define("E4", self.head_dim / 4)
            .constant("HEADS", self.heads as u32)
            .constant("KV_HEADS", self.kv_heads as u32)
            .constant("VALUES", (cache.positions * cache.width / 4) as u32)
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

/// Attends from query `[T, H·E]` to the cache: out `[T, H·E]`.
pub(crate) fn attention(
    kernels: &mut Kernels,
    step: &Buffer,
    [query, out]: [&Buffer; 2],
    cache: &Cache,
    shape: AttentionShape,
) -> Result<Dispatch, BackendError> {
    // Every lane keeps a head and two numbers in workgroup memory, of which WebGPU promises 16 KiB.
    let lanes = [32, 16, 8, 4]
        .into_iter()
        .find(|lanes| lanes * (shape.head_dim + 2) * 4 <= 16 << 10)
        .ok_or_else(|| shape.too_wide())?;
    let kernel = shape.variant(Kernel::new("attention").define("LANES", lanes), cache);
    let binds = [uniform(0, step), read(1, query), write(2, out), read(3, &cache.buffer)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(shape.heads as u32), Count::Rows(Rows::Tokens, 1)])
}
