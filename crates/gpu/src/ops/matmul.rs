use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels},
    product::Product,
};
use ops::BackendError;
use wgpu::Buffer;

/// Pairs of rows of the weight that one invocation multiplies.
const PAIR_TILE: u32 = 2;
/// Tokens that one invocation multiplies them with.
const TOKEN_TILE: u32 = 8;

/// `finish(Σ_k x[t, k] · weight[n, k])`: x `[rows, C]`, weight `[N, C]`.
pub(crate) fn matmul(
    kernels: &mut Kernels,
    step: &Buffer,
    product: &Product<'_>,
) -> Result<Dispatch, BackendError> {
    let kernel = product
        .variant(Kernel::new("matmul"))
        .define("PAIR_TILE", PAIR_TILE)
        .define("TOKEN_TILE", TOKEN_TILE);
    let across = product.pairs().div_ceil(32 * PAIR_TILE);
    let grid = [Count::Fixed(across), Count::Rows(product.rows, TOKEN_TILE)];
    kernels.dispatch(&kernel, &product.binds(step), grid)
}
