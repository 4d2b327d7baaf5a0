use crate::{
    kernel::{Count, Dispatch, Kernel, Kernels, read},
    ops::{Packed, few},
    product::Product,
};
use gguf::Format;
use ops::BackendError;
use wgpu::Buffer;

/// Tokens of a tile.
const TOKENS: u32 = 64;

/// Whether weights of this format are bytes, or fewer bits, times a scale; with a minimum it is one for all of a group.
pub(crate) fn packs(format: Format) -> bool {
    !matches!(format, Format::F32 | Format::F16 | Format::BF16 | Format::Q2_K)
}

/// Whether the halves of a group have scales of their own.
fn in_halves(format: Format) -> bool {
    matches!(
        format,
        Format::Q3_K
            | Format::Q6_K
            | Format::IQ2_S
            | Format::IQ2_XS
            | Format::IQ2_XXS
            | Format::IQ1_M
            | Format::IQ1_S
    )
}

/// `finish(Σ_k x[t, k] · weight[n, k])` with x as [`super::quantize()`] leaves it, by tiles of 32 pairs of rows × 64 tokens in
/// workgroup memory: for more rows of x than [`super::matmul_few()`] takes, and formats that [`packs()`].
pub(crate) fn matmul_packed(
    kernels: &mut Kernels,
    step: &Buffer,
    product: &Product<'_>,
    packed: &Packed,
) -> Result<Dispatch, BackendError> {
    let product = Product { x: &packed.quants, ..*product };
    let mut kernel = product.variant(Kernel::new("matmul_packed"));
    if in_halves(product.weight.format) {
        kernel = kernel.define("HALVES", 1);
    }
    let mut binds = product.binds(step);
    binds.push(read(7, &packed.scales));
    let across = Count::Fixed(product.pairs().div_ceil(32));
    let dispatch = kernels.dispatch(&kernel, &binds, [across, Count::Rows(product.rows, TOKENS)])?;
    Ok(dispatch.for_rows(product.rows, few(&product) + 1..=u32::MAX))
}
