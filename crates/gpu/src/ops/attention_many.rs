use super::{
    AttentionBuffers, SPLIT_TOKENS,
    attention::{attending, too_wide},
    attention_join,
    attention_join::split_span,
};
use crate::{
    cache::Cache,
    kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write},
};
use ops::{AttentionShape, BackendError, Rows};
use wgpu::Buffer;

/// Lanes a workgroup.
const LANES: u32 = 128;
/// Tokens of a workgroup.
const TOKENS: u32 = 32;
/// Where steps have few tokens: more lanes share each.
const FEW_TOKENS: u32 = 16;

/// Attends as [`super::attention()`], for many tokens at once: two dispatches for few tokens in a long context, else one.
pub(crate) fn attention_many(
    kernels: &mut Kernels,
    step: &Buffer,
    buffers: AttentionBuffers<'_>,
    cache: &Cache,
    shape: AttentionShape,
) -> Result<[Dispatch; 4], BackendError> {
    // Keys and values of a tile lie in workgroup memory, of which WebGPU promises 16 KiB.
    let tile = [32, 16, 8, 4]
        .into_iter()
        .find(|tile| 2 * tile * shape.head_dim * 4 <= 16 << 10)
        .ok_or_else(|| too_wide(shape))?;
    let AttentionBuffers { query, out, parts } = buffers;
    let mut attend = |splits: Option<u32>, out: &Buffer| {
        let tokens = if splits.is_some() { FEW_TOKENS } else { TOKENS };
        let mut kernel = Kernel::new("attention_many")
            .define("TILE", tile)
            .define("LOADS", (tile * shape.head_dim / 4).div_ceil(LANES as usize))
            .define("TOKENS", tokens)
            .define("TEAMS", LANES / tokens);
        if let Some(span) = splits {
            kernel = kernel.define("SPLITS", 1).define("SPAN", span);
        }
        let kernel = cache.reader(attending(kernel, shape));
        let mut binds = vec![uniform(0, step), read(1, query), write(2, out)];
        binds.extend(cache.binds());
        let grid = [Count::Fixed(shape.heads as u32), Count::Rows(Rows::Tokens, tokens)];
        kernels.dispatch(&kernel, &binds, grid)
    };
    let (whole, also_whole) = (attend(None, out)?, attend(None, out)?);
    let span = split_span(shape);
    let split = attend(Some(span), parts)?.deep(Count::Context(span));
    let join = attention_join(kernels, step, [parts, out], shape)?;
    let (few, many) = (2..=SPLIT_TOKENS, SPLIT_TOKENS + 1..=u32::MAX);
    let (short, long) = (1..=2 * span, 2 * span + 1..=u32::MAX);
    Ok([
        whole.for_rows(Rows::Tokens, few.clone()).for_context(short),
        also_whole.for_rows(Rows::Tokens, many),
        split.for_rows(Rows::Tokens, few.clone()).for_context(long.clone()),
        join.for_rows(Rows::Tokens, few).for_context(long),
    ])
}
