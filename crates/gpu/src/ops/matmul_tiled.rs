use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels},
    ops::few,
    product::Product,
};
use ops::BackendError;
use wgpu::Buffer;

/// Pairs of rows of the weight that one invocation multiplies.
const PAIRS: u32 = 4;
/// Tokens that one invocation multiplies them with.
const EACH: u32 = 4;

/// `finish(Σ_k x[t, k] · weight[n, k])` as [`super::matmul()`], by tiles of 32 pairs of rows in workgroup memory: for more
/// rows of x than [`super::matmul_few()`] takes.
pub(crate) fn matmul_tiled(
    kernels: &mut Kernels,
    step: &Buffer,
    product: &Product<'_>,
) -> Result<Dispatch, BackendError> {
    // Of 128 lanes, 4 · PAIRS stand side by side.
    let tokens = 4 * PAIRS * EACH;
    let kernel = product
        .variant(Kernel::new("matmul_tiled"))
        .define("PAIRS", PAIRS)
        .define("EACH", EACH)
        .define("LOADS", 8 * tokens / 128);
    let across = Count::Fixed(product.pairs().div_ceil(32));
    let dispatch =
        kernels.dispatch(&kernel, &product.binds(step), [across, Count::Rows(product.rows, tokens)])?;
    Ok(dispatch.for_rows(product.rows, few(product) + 1..=u32::MAX))
}
