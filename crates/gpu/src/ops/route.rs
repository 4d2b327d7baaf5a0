use super::ELEMENTS;
use crate::kernel::{Count, Dispatch, Kernel, Kernels, read, uniform, write};
use ops::{BackendError, Gate, Rows};
use wgpu::Buffer;

/// Numbers and weights of the `chosen` experts with the largest logits: logits `[T, experts]`, out `[T, 2 · chosen]`.
pub(crate) fn route(
    kernels: &mut Kernels,
    step: &Buffer,
    [logits, out]: [&Buffer; 2],
    experts: usize,
    chosen: usize,
    gate: Gate,
    scale: f32,
) -> Result<Dispatch, BackendError> {
    let gate = match gate {
        Gate::Softmax => "GATE_softmax",
        Gate::ChosenSoftmax => "GATE_chosen",
        Gate::Sigmoid => "GATE_sigmoid",
    };
    let kernel = Kernel::new("route")
        .define(gate, 1)
        .constant("EXPERTS", experts as u32)
        .constant("CHOSEN", chosen as u32)
        .constant("SCALE", scale);
    let binds = [uniform(0, step), read(1, logits), write(2, out)];
    kernels.dispatch(&kernel, &binds, [Count::Rows(Rows::Tokens, ELEMENTS), Count::Fixed(1)])
}
