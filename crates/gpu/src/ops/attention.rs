use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, write};
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

/// Attends from query `[T, H·E]` to keys and values `[S, K·E]`: out `[T, H·E]`.
pub(crate) fn attention(
    kernels: &mut Kernels,
    step: &Buffer,
    [query, keys, values, out]: [&Buffer; 4],
    shape: AttentionShape,
) -> Result<Dispatch, BackendError> {
    let AttentionShape { heads, kv_heads, head_dim, scale } = shape;
    // Every lane keeps a head and two numbers in workgroup memory, of which WebGPU promises 16 KiB.
    let lanes = [32, 16, 8, 4]
        .into_iter()
        .find(|lanes| lanes * (head_dim + 2) * 4 <= 16 << 10)
        .ok_or_else(|| BackendError::TooSmall(format!("heads of {head_dim} values are too wide")))?;
    let kernel = Kernel::new("attention")
        .define("E4", head_dim / 4)
        .define("LANES", lanes)
        .constant("HEADS", heads as u32)
        .constant("KV_HEADS", kv_heads as u32)
        .constant("SCALE", scale);
    let binds = [read(0, step), read(1, query), write(2, out), read(3, keys), read(4, values)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(heads as u32), Count::Rows(Rows::Tokens, 1)])
}
