//! What the three kernels for products share: what they multiply, and what becomes of it.

use crate::{
    cache::Cache,
    kernel::{Bind, Kernel, read, uniform, write},
    ops::rotating,
    weights::Piece,
};
use ops::{RopeShape, Rows};
use wgpu::Buffer;

/// `finish(weight · x)`.
#[derive(Clone, Copy)]
pub(crate) struct Product<'a> {
    /// `[rows, C]`, or with `last` `[T, C]`.
    pub(crate) x: &'a Buffer,
    /// Only the last rows of `x` are wanted.
    pub(crate) last: bool,
    pub(crate) weight: &'a Piece,
    pub(crate) rows: Rows,
    pub(crate) finish: Finish<'a>,
}

/// What becomes of the products; one file each in `shaders/finish/`.
#[derive(Clone, Copy)]
pub(crate) enum Finish<'a> {
    /// They are the result.
    Store(&'a Buffer),
    /// They are added to what is there.
    Add(&'a Buffer),
    /// The first half is the gate of the second.
    SwiGlu(&'a Buffer),
    /// Queries are rotated, keys rotated and cached, values cached.
    Qkv { rotation: Option<(&'a Buffer, RopeShape)>, query: Option<&'a Buffer>, cache: Option<&'a Cache> },
}

impl<'a> Product<'a> {
    /// A product of every row of x.
    #[cfg(feature = "conformance")]
    pub(crate) fn new(x: &'a Buffer, weight: &'a Piece, finish: Finish<'a>) -> Self {
        Self { x, last: false, weight, rows: Rows::Tokens, finish }
    }

    /// `kernel` in the variant for this product.
    pub(crate) fn variant(&self, kernel: Kernel) -> Kernel {
        let mut kernel = self.weight.variant(kernel);
        if self.rows == Rows::Head {
            kernel = kernel.define("HEAD", 1);
        }
        if self.last {
            kernel = kernel.define("LAST", 1);
        }
        match self.finish {
            Finish::Store(_) => kernel.define("FINISH", "store"),
            Finish::Add(_) => kernel.define("FINISH", "add"),
            Finish::SwiGlu(_) => kernel.define("FINISH", "swiglu"),
            Finish::Qkv { rotation, query, cache } => {
                kernel = kernel.define("FINISH", "qkv");
                if query.is_some() {
                    kernel = kernel.define("QUERY", 1);
                }
                if let Some((_, shape)) = rotation {
                    kernel = rotating(kernel.define("ROTATION", 1), shape);
                }
                if let Some(cache) = cache {
                    kernel = cache.writer(kernel.define("CACHE", 1));
                    kernel = kernel.constant("KV_PAIRS", cache.width as u32 / 2);
                }
                kernel
            }
        }
    }

    /// Its buffers at the bindings that the kernels and `shaders/finish/` give them.
    pub(crate) fn binds(&self, step: &'a Buffer) -> Vec<Bind<'a>> {
        let mut binds = vec![uniform(0, step), read(1, self.x)];
        binds.extend(self.weight.binds());
        match self.finish {
            Finish::Store(out) | Finish::Add(out) | Finish::SwiGlu(out) => binds.push(write(2, out)),
            Finish::Qkv { rotation, query, cache, .. } => {
                binds.extend(query.map(|out| write(2, out)));
                binds.extend(rotation.map(|(table, _)| read(8, table)));
                binds.extend(cache.map(|cache| write(9, cache.target())));
            }
        }
        binds
    }

    /// `kernel` in the variant for this product and a `norm` (gain and eps) before it, and the buffers of both.
    pub(crate) fn after_norm(
        &self,
        kernel: Kernel,
        step: &'a Buffer,
        norm: Option<(&'a Buffer, f32)>,
    ) -> (Kernel, Vec<Bind<'a>>) {
        let mut kernel = self.variant(kernel);
        let mut binds = self.binds(step);
        if let Some((gain, eps)) = norm {
            kernel = kernel.define("NORM", 1).constant("EPS", eps);
            binds.push(read(7, gain));
        }
        (kernel, binds)
    }

    /// Pairs of rows that the kernels work on.
    pub(crate) fn pairs(&self) -> u32 {
        (self.weight.rows as u32).div_ceil(2)
    }
}
