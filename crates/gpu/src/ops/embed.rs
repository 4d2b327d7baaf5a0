use super::elementwise;
use crate::{
    kernel::{Dispatch, Kernel, Kernels, read, uniform, write},
    planes::GROUP,
    weights::Weight,
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out[t] = table[tokens[t]]`: out `[T, columns of table]`.
pub(crate) fn embed(
    kernels: &mut Kernels,
    step: &Buffer,
    tokens: &Buffer,
    table: &Weight,
    out: &Buffer,
) -> Result<Dispatch, BackendError> {
    let groups = table.columns / GROUP;
    let kernel = table.variant(Kernel::new("embed"));
    let binds: Vec<_> =
        [uniform(0, step), read(1, tokens), write(2, out)].into_iter().chain(table.binds()).collect();
    kernels.dispatch(&kernel, &binds, elementwise(groups, Rows::Tokens))
}
