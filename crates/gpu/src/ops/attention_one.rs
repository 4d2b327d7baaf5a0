use super::{AttentionBuffers, attention::attending, attention_join, attention_join::split_span, is_wide};
use crate::{
    cache::Cache,
    kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write},
};
use ops::{AttentionShape, BackendError, Rows};
use wgpu::Buffer;

/// Positions up to which one workgroup has a head to itself: its weights must fit into the 16 KiB that WebGPU promises.
const WHOLE: u32 = 640;

/// Heads up to which workgroups are so few that a GPU has registers to spare, for values fetched before their weights are
/// known.
const FEW_HEADS: usize = 16;
/// How many values each lane fetches so.
const EARLY: u32 = 16;

/// Attends as [`super::attention()`], for one token, or, where heads are wide, for any number: one dispatch for short contexts,
/// two for long ones.
pub(crate) fn attention_one(
    kernels: &mut Kernels,
    step: &Buffer,
    buffers: AttentionBuffers<'_>,
    cache: &Cache,
    shape: AttentionShape,
) -> Result<[Dispatch; 3], BackendError> {
    let AttentionBuffers { query, out, parts } = buffers;
    let heads = Count::Fixed(shape.heads as u32);
    let mut attend = |kernel: Kernel, out: &Buffer, splits: Count| {
        let kernel = cache.reader(attending(kernel, shape)).define("E16", shape.head_dim / 16);
        let mut binds = vec![uniform(0, step), read(1, query), write(2, out)];
        binds.extend(cache.binds());
        let dispatch = kernels.dispatch(&kernel, &binds, [heads, splits])?;
        Ok::<_, BackendError>(dispatch.deep(Count::Rows(Rows::Tokens, 1)))
    };
    let whole = attend(Kernel::new("attention_one").define("SPAN", WHOLE), out, Count::Fixed(1))?;
    let span = split_span(shape);
    let mut split = Kernel::new("attention_one").define("SPAN", span).define("SPLITS", 1);
    if shape.heads <= FEW_HEADS {
        split = split.define("EARLY", EARLY);
    }
    let split = attend(split, parts, Count::Context(span))?;
    let join = attention_join(kernels, step, [parts, out], shape)?;
    let most = if is_wide(shape) { u32::MAX } else { 1 };
    let few = |dispatch: Dispatch| dispatch.for_rows(Rows::Tokens, 1..=most);
    let long = WHOLE + 1..=u32::MAX;
    Ok([few(whole).for_context(1..=WHOLE), few(split).for_context(long.clone()), few(join).for_context(long)])
}
