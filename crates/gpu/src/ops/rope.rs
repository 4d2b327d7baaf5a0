use super::elementwise;
use crate::kernel::{Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Pairs, RopeShape, Rows};
use wgpu::Buffer;

/// Rotates the heads of x `[T, columns]` by the angles whose [`rotation`] is given.
pub(crate) fn rope(
    kernels: &mut Kernels,
    step: &Buffer,
    [x, rotation, out]: [&Buffer; 3],
    columns: usize,
    shape: RopeShape,
) -> Result<Dispatch, BackendError> {
    let width = columns / 2;
    let kernel = rotating(Kernel::new("rope").constant("WIDTH", width as u32), shape);
    let binds = [uniform(0, step), read(1, x), write(2, out), read(8, rotation)];
    kernels.dispatch(&kernel, &binds, elementwise(width, Rows::Tokens))
}

/// `kernel` with what `shaders/lib/pairs.wgsl` wants to know.
pub(crate) fn rotating(kernel: Kernel, shape: RopeShape) -> Kernel {
    let kernel = kernel
        .constant("HEAD_PAIRS", shape.head_dim as u32 / 2)
        .constant("ROTATED", shape.rotated as u32 / 2);
    match shape.pairs {
        Pairs::Neighbours => kernel,
        Pairs::Halves => kernel.define("APART", 1),
    }
}

/// `[positions, rotated/2]` pairs (cos, sin) · magnitude of the angle `position · scale · base^(−2i/rotated) / factors[i]`.
///
/// Worked out here in f64: a GPU's own sine may be off by 2⁻¹¹ (Vulkan, precision of `sin`).
pub(crate) fn rotation(shape: RopeShape, factors: Option<&[f32]>, positions: usize) -> Vec<[f32; 2]> {
    let frequencies: Vec<f64> = (0..shape.rotated / 2)
        .map(|i| {
            let factor = factors.map_or(1.0, |f| f64::from(f[i]));
            f64::from(shape.base).powf(-2.0 * i as f64 / shape.rotated as f64) / factor
        })
        .collect();
    let magnitude = f64::from(shape.magnitude);
    (0..positions)
        .flat_map(|position| {
            let at = position as f64 * f64::from(shape.position_scale);
            frequencies.iter().map(move |frequency| {
                let (sin, cos) = (at * frequency).sin_cos();
                [(cos * magnitude) as f32, (sin * magnitude) as f32]
            })
        })
        .collect()
}
