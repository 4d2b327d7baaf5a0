use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels, Lanes, read, uniform, write},
    weights::Piece,
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// How large experts are, and how many a token has.
#[derive(Clone, Copy)]
pub(crate) struct ExpertCounts {
    /// N.
    pub(crate) rows: usize,
    pub(crate) chosen: usize,
    /// All experts of a token are given the same x.
    pub(crate) shared: bool,
}

/// The products of x with the experts that `route` names: weight `[experts · N, C]`, out `[T, chosen · N]`, x
/// `[T, chosen · C]` or `[T, C]`; of a piece of the weight, those with rows that are in it.
pub(crate) fn experts(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, route, out]: [&Buffer; 3],
    weight: &Piece,
    counts: ExpertCounts,
) -> Result<Dispatch, BackendError> {
    let rows = counts.rows as u32;
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
