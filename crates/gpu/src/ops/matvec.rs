use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels, Lanes},
    product::Product,
};
use ops::BackendError;
use wgpu::Buffer;

/// Most workgroups that WebGPU promises in one dimension.
const MOST_ACROSS: u32 = 65_535;

/// Pairs of rows up to which a workgroup of several subgroups shares one: fewer would leave a GPU without work.
const TEAM_PAIRS: u32 = 2048;

/// `finish(Σ_k x[k] · weight[n, k])` for one row of x; with a `norm` (gain and eps), x is normalised first.
pub(crate) fn matvec(
    kernels: &mut Kernels,
    step: &Buffer,
    product: &Product<'_>,
    norm: Option<(&Buffer, f32)>,
) -> Result<Dispatch, BackendError> {
    let adapter = kernels.gpu.adapter();
    let (lanes, pairs_a_group) = match adapter.lanes {
        Lanes::None => ("LANES_none", 32),
        Lanes::Subgroup if product.pairs() <= TEAM_PAIRS => ("LANES_team", 1),
        Lanes::Subgroup => ("LANES_subgroup", adapter.subgroups_a_group()),
        Lanes::Workgroup => ("LANES_workgroup", 1),
    };
    let (kernel, binds) = product.after_norm(Kernel::new("matvec").define(lanes, 1), step, norm);
    kernels.dispatch(&kernel, &binds, across(product.pairs().div_ceil(pairs_a_group)))
}

/// A grid of at least so many workgroups.
pub(super) fn across(groups: u32) -> [Count; 2] {
    let down = groups.div_ceil(MOST_ACROSS);
    [Count::Fixed(groups.div_ceil(down)), Count::Fixed(down)]
}
