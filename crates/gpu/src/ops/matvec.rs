use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels, Lanes, read, write},
    weights::Weight,
};
use ops::BackendError;
use wgpu::Buffer;

/// Most workgroups that WebGPU promises in one dimension.
const MOST_ACROSS: u32 = 65_535;

/// `out[n] = Σ_k x[k] · weight[n, k]`: x `[C]`, weight `[N, C]`, out `[N]`.
pub(crate) fn matvec(
    kernels: &mut Kernels,
    x: &Buffer,
    weight: &Weight,
    out: &Buffer,
) -> Result<Dispatch, BackendError> {
    let lanes = kernels.gpu.adapter().lanes;
    let kernel = weight.variant(Kernel::new("matvec")).define(lanes.define(), 1);
    let binds: Vec<_> = [read(1, x), write(2, out)].into_iter().chain(weight.binds()).collect();
    let rows_a_group = match lanes {
        Lanes::None => 32,
        // The fewest that any subgroup size gives; workgroups past the last row do nothing.
        Lanes::Subgroup => (128 / kernels.gpu.adapter().max_subgroup).max(1),
        Lanes::Workgroup => 1,
    };
    let groups = (weight.rows as u32).div_ceil(rows_a_group);
    let down = groups.div_ceil(MOST_ACROSS);
    kernels.dispatch(&kernel, &binds, [Count::Fixed(groups.div_ceil(down)), Count::Fixed(down)])
}
