//! The browser's own compiler, which compiles kernels beside one another.

use futures::future::LocalBoxFuture;
use std::{any::Any, fmt, rc::Rc};

/// A kernel for the browser's own compiler.
#[derive(Clone, Debug)]
pub struct BrowserKernel {
    /// WGSL.
    pub code: String,
    /// Numbers of its bindings, with the type of the buffer at each, in WebGPU's words.
    pub bindings: Vec<(u32, &'static str)>,
    /// Values of its `override`s.
    pub constants: Vec<(&'static str, f64)>,
}

/// Has the browser compile a kernel for the device that was opened last, beside whatever else it compiles. wgpu has no
/// such call; its own, later, finds what the browser has compiled already.
#[derive(Clone)]
pub struct BrowserCompiler(Rc<dyn Fn(BrowserKernel) -> Compiling>);

/// Done when the browser has compiled the kernel, with what it is kept by; or when it failed to: then wgpu's own call
/// fails too, and says why.
pub(crate) type Compiling = LocalBoxFuture<'static, Box<dyn Any>>;

impl BrowserCompiler {
    /// `compile` begins at once, and gives what the kernel is kept by.
    pub fn new(compile: impl Fn(BrowserKernel) -> Compiling + 'static) -> Self {
        Self(Rc::new(compile))
    }

    pub(crate) fn compile(&self, kernel: BrowserKernel) -> Compiling {
        (self.0)(kernel)
    }
}

impl fmt::Debug for BrowserCompiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserCompiler")
    }
}
