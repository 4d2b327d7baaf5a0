use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels, Lanes},
    ops::matvec::across,
    product::Product,
};
use ops::BackendError;
use wgpu::Buffer;

/// Rows of x up to which this is quicker than tiles, whatever the weight.
pub(crate) const FEW: u32 = 48;
/// The same where the weight is so tall that tiles of it fill a GPU.
const FEW_OF_TALL: u32 = 24;
/// Pairs of rows of such a weight.
const TALL_PAIRS: u32 = 4096;

/// Rows of x up to which a product goes to [`matmul_few`], and past which to tiles.
pub(crate) fn few(product: &Product<'_>) -> u32 {
    if product.pairs() < TALL_PAIRS { FEW } else { FEW_OF_TALL }
}

/// Tokens that a subgroup multiplies with.
const EACH: u32 = 4;

/// `finish(Σ_k x[t, k] · weight[n, k])` for at most [`few`] rows of x; with a `norm` (gain and eps), each is normalised
/// first. For GPUs only.
pub(crate) fn matmul_few(
    kernels: &mut Kernels,
    step: &Buffer,
    product: &Product<'_>,
    norm: Option<(&Buffer, f32)>,
) -> Result<Dispatch, BackendError> {
    let adapter = kernels.gpu.adapter();
    let (lanes, pairs_a_group) = match adapter.lanes {
        Lanes::Subgroup => ("LANES_subgroup", adapter.subgroups_a_group()),
        Lanes::Workgroup | Lanes::None => ("LANES_workgroup", 1),
    };
    let (kernel, binds) =
        product.after_norm(Kernel::new("matmul_few").define(lanes, 1).define("EACH", EACH), step, norm);
    let dispatch = kernels.dispatch(&kernel, &binds, across(product.pairs().div_ceil(pairs_a_group)))?;
    Ok(dispatch.deep(Count::Rows(product.rows, EACH)).for_rows(product.rows, 2..=few(product)))
}
