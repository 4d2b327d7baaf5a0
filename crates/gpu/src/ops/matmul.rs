use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels, read, write},
    weights::Weight,
};
use ops::{BackendError, Rows};
use wgpu::Buffer;

/// Rows of the weight that one invocation multiplies.
const ROW_TILE: u32 = 4;
/// Tokens that one invocation multiplies them with.
const TOKEN_TILE: u32 = 8;

/// `out[t, n] = Σ_k x[t, k] · weight[n, k]`: x `[rows, C]`, weight `[N, C]`, out `[rows, N]`.
pub(crate) fn matmul(
    kernels: &mut Kernels,
    step: &Buffer,
    x: &Buffer,
    weight: &Weight,
    out: &Buffer,
    rows: Rows,
) -> Result<Dispatch, BackendError> {
    let mut kernel =
        weight.variant(Kernel::new("matmul")).define("ROW_TILE", ROW_TILE).define("TOKEN_TILE", TOKEN_TILE);
    if rows == Rows::Head {
        kernel = kernel.define("HEAD", 1);
    }
    let binds: Vec<_> =
        [read(0, step), read(1, x), write(2, out)].into_iter().chain(weight.binds()).collect();
    let across = (weight.rows as u32).div_ceil(32 * ROW_TILE);
    kernels.dispatch(&kernel, &binds, [Count::Fixed(across), Count::Rows(rows, TOKEN_TILE)])
}
