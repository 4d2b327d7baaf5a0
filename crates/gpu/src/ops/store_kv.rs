use super::elementwise;
use crate::kernel::{Dispatch, Kernel, Kernels, read, write};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// Appends key and value `[T, columns]` to keys and values `[S, columns]` at the step's position.
pub(crate) fn store_kv(
    kernels: &mut Kernels,
    step: &Buffer,
    [key, value]: [&Buffer; 2],
    [keys, values]: [&Buffer; 2],
    columns: usize,
) -> Result<Dispatch, BackendError> {
    let width = columns / 4;
    let kernel = Kernel::new("store_kv").constant("WIDTH", width as u32);
    let binds = [read(0, step), read(1, key), write(2, keys), read(3, value), write(4, values)];
    kernels.dispatch(&kernel, &binds, elementwise(width, Rows::Tokens))
}
