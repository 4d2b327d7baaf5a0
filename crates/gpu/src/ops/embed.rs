use super::elementwise;
use crate::{
    kernel::{Dispatch, Kernel, Kernels, read, uniform, write},
    planes::GROUP,
    weights::Piece,
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// `out[t] = table[tokens[t]]`: out `[T, columns of table]`; of a piece of a table, where the row is in it.
pub(crate) fn embed(
    kernels: &mut Kernels,
    step: &Buffer,
    tokens: &Buffer,
    table: &Piece,
    out: &Buffer,
) -> Result<Dispatch, BackendError> {
    let groups = table.columns / GROUP;
    let kernel = table.variant(Kernel::new("embed"));
    let binds: Vec<_> =
        [uniform(0, step), read(1, tokens), write(2, out)].into_iter().chain(table.binds()).collect();
    kernels.dispatch(&kernel, &binds, elementwise(groups, Rows::Tokens))
}
