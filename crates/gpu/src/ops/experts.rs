use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels, Lanes, read, uniform, write},
    weights::Weight,
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// How many experts there are, and how many a token has.
#[derive(Clone, Copy)]
pub(crate) struct ExpertCounts {
    pub(crate) experts: usize,
    pub(crate) chosen: usize,
    /// All experts of a token are given the same x.
    pub(crate) shared: bool,
}

/// The products of x with the experts that `route` names: weight `[experts · N, C]`, out `[T, chosen · N]`, x
/// `[T, chosen · C]` or `[T, C]`.
pub(crate) fn experts(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, route, out]: [&Buffer; 3],
    weight: &Weight,
    counts: ExpertCounts,
) -> Result<Dispatch, BackendError> {
    let rows = (weight.rows / counts.experts) as u32;
    let adapter = kernels.gpu.adapter();
    let (lanes, pairs_a_group) = match adapter.lanes {
        Lanes::None => ("LANES_none", 32),
        Lanes::Subgroup => ("LANES_subgroup", adapter.subgroups_a_group()),
        Lanes::Workgroup => ("LANES_workgroup", 1),
    };
    let mut kernel = weight
        .variant(Kernel::new("experts"))
        .define(lanes, 1)
        .constant("ROWS", rows)
        .constant("CHOSEN", counts.chosen as u32);
    if counts.shared {
        kernel = kernel.define("SHARED", 1);
    }
    let mut binds = vec![uniform(0, step), read(1, x), write(2, out), read(7, route)];
    binds.extend(weight.binds());
    let pairs = Count::Fixed(rows.div_ceil(2).div_ceil(pairs_a_group));
    kernels.dispatch(&kernel, &binds, [pairs, Count::Each(Rows::Tokens, counts.chosen as u32)])
}
