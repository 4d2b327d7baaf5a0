use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels},
    product::Product,
};
use ops::BackendError;
use wgpu::Buffer;

/// Rows up to which tiles are narrow: wide ones would be mostly empty, and too few to fill a GPU.
const FEW: u32 = 48;

/// `finish(Σ_k x[t, k] · weight[n, k])` as [`super::matmul()`], by tiles of 32 pairs of rows in workgroup memory: one
/// dispatch for few rows of x, and one for many.
pub(crate) fn matmul_tiled(
    kernels: &mut Kernels,
    step: &Buffer,
    product: &Product<'_>,
) -> Result<[Dispatch; 2], BackendError> {
    let across = Count::Fixed(product.pairs().div_ceil(32));
    // A lane's pairs of rows and tokens; of 128 lanes, 4 · pairs stand side by side.
    let mut tiled = |pairs: u32, each: u32| {
        let tokens = 4 * pairs * each;
        let kernel = product
            .variant(Kernel::new("matmul_tiled"))
            .define("PAIRS", pairs)
            .define("EACH", each)
            .define("LOADS", 8 * tokens / 128);
        kernels.dispatch(&kernel, &product.binds(step), [across, Count::Rows(product.rows, tokens)])
    };
    Ok([
        tiled(2, 2)?.for_rows(product.rows, 2..=FEW),
        tiled(4, 4)?.for_rows(product.rows, FEW + 1..=u32::MAX),
    ])
}
