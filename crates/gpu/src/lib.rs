//! Programs on a GPU, through WebGPU: devices, weights as planes, kernels, and the [`ops::Backend`] made of them.
//!
//! The only crate that knows wgpu and WGSL.

mod backend;
mod browser_compiler;
mod browser_moment;
mod cache;
mod chooser;
#[cfg(feature = "conformance")]
pub mod conformance;

mod device;
mod fuse;
mod kernel;
mod needs;
mod ops;
mod pipeline;
mod plan;
mod planes;
mod product;
mod shader;
mod trace;
mod tune;
mod weights;

pub use backend::GpuBackend;
pub use browser_compiler::{BrowserCompiler, BrowserKernel};
pub use browser_moment::BrowserMoment;
pub use device::{Adapter, DeviceOptions, Gpu};
pub use kernel::{Activations, Lanes};
pub use needs::Needs;
pub use trace::Span;
pub use tune::{BadTuning, Tuning};
