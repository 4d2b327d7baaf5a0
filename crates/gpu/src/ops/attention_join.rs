use super::{AttentionShape, attention_one::SPAN};
use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write};
use ops::BackendError;
use wgpu::Buffer;

/// Joins the parts that [`super::attention_one_split`] wrote: out `[H·E]`.
pub(crate) fn attention_join(
    kernels: &mut Kernels,
    step: &Buffer,
    [parts, out]: [&Buffer; 2],
    shape: AttentionShape,
) -> Result<Dispatch, BackendError> {
    let kernel = Kernel::new("attention_join").define("E4", shape.head_dim / 4).define("SPAN", SPAN);
    let binds = [uniform(0, step), read(1, parts), write(2, out)];
    kernels.dispatch(&kernel, &binds, [Count::Fixed(shape.heads as u32), Count::Fixed(1)])
}
