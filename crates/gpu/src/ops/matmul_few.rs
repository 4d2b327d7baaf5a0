use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels, Lanes, read},
    ops::matvec::across,
    product::Product,
};
use ops::BackendError;
use wgpu::Buffer;

/// Rows of x up to which this is quicker than tiles.
pub(crate) const FEW: u32 = 48;

/// Tokens that a subgroup multiplies with.
const EACH: u32 = 8;

/// `finish(Σ_k x[t, k] · weight[n, k])` for at most [`FEW`] rows of x; with a `norm` (gain and eps), each is normalised
/// first. For GPUs only.
pub(crate) fn matmul_few(
    kernels: &mut Kernels,
    step: &Buffer,
    product: &Product<'_>,
    norm: Option<(&Buffer, f32)>,
) -> Result<Dispatch, BackendError> {
    let adapter = kernels.gpu.adapter();
    let (lanes, pairs_a_group) = match adapter.lanes {
        // The fewest that any subgroup size gives; workgroups past the last pair do nothing.
        Lanes::Subgroup => ("LANES_subgroup", (128 / adapter.max_subgroup).max(1)),
        Lanes::Workgroup | Lanes::None => ("LANES_workgroup", 1),
    };
    let mut kernel = product.variant(Kernel::new("matmul_few")).define(lanes, 1).define("EACH", EACH);
    let mut binds = product.binds(step);
    if let Some((gain, eps)) = norm {
        kernel = kernel.define("NORM", 1).constant("EPS", eps);
        binds.push(read(7, gain));
    }
    let dispatch = kernels.dispatch(&kernel, &binds, across(product.pairs().div_ceil(pairs_a_group)))?;
    Ok(dispatch.deep(Count::Rows(product.rows, EACH)).for_rows(product.rows, 2..=FEW))
}
