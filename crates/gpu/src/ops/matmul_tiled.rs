use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels},
    product::Product,
};
use ops::BackendError;
use wgpu::Buffer;

/// `finish(Σ_k x[t, k] · weight[n, k])` as [`super::matmul()`], by tiles of 32 pairs of rows and 64 tokens in workgroup
/// memory.
pub(crate) fn matmul_tiled(
    kernels: &mut Kernels,
    step: &Buffer,
    product: &Product<'_>,
) -> Result<Dispatch, BackendError> {
    let kernel = product.variant(Kernel::new("matmul_tiled"));
    let grid = [Count::Fixed(product.pairs().div_ceil(32)), Count::Rows(product.rows, 64)];
    kernels.dispatch(&kernel, &product.binds(step), grid)
}
