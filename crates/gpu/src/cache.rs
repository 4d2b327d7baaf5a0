//! What one layer keeps of every position: keys and values, or the input of a convolution.

use crate::{
    device::Gpu,
    kernel::{Bind, Kernel, read},
};
use ops::{BackendError, CacheFormat, LayerCache};
use wgpu::Buffer;

/// Keys `[S, K·E]` and values `[S, K·E]`, as `shaders/cache/` describes them.
pub(crate) struct Cache {
    /// K·E, or D.
    pub(crate) width: usize,
    /// Keys, then values, in one buffer: a kernel may have no more than eight. Floats or quants. Or the inputs of a
    /// convolution, floats.
    pub(crate) rows: Buffer,
    /// Keys and values, or one.
    sides: usize,
    pub(crate) groups: Option<Groups>,
}

/// What belongs to quants.
pub(crate) struct Groups {
    pub(crate) scales: Buffer,
    /// Keys and values of a step, as floats: `quantize_kv` takes them from there.
    pub(crate) fresh: Buffer,
}

/// A part of a buffer that holds positions one after the other.
pub(crate) struct Plane<'a> {
    pub(crate) buffer: &'a Buffer,
    pub(crate) start: u64,
    pub(crate) row_bytes: usize,
}

impl Cache {
    /// Reserves memory for `positions` of a layer: quants where there are `fresh` rows to make them of, else floats.
    pub(crate) fn new(
        gpu: &Gpu,
        layer: usize,
        positions: usize,
        kept: LayerCache,
        fresh: Option<&Buffer>,
    ) -> Result<Self, BackendError> {
        let (sides, width, fresh) = match kept {
            LayerCache::KeyValue(width) => (2, width, fresh),
            LayerCache::State(width) => (1, width, None),
        };
        let each = if fresh.is_some() { size_of::<i8>() } else { size_of::<f32>() };
        let bytes = sides as u64 * positions as u64 * width as u64 * each as u64;
        let limit = gpu.largest_binding();
        if bytes > limit {
            let what = format!("a context of {positions} tokens takes {bytes} bytes a layer");
            return Err(BackendError::TooSmall(format!("{what}, of {limit}; choose a shorter one")));
        }
        let scales = (positions * width / CacheFormat::GROUP * size_of::<u32>()) as u64;
        Ok(Self {
            width,
            rows: gpu.storage(&format!("cache {layer}"), bytes),
            sides,
            groups: fresh.map(|fresh| Groups {
                scales: gpu.storage(&format!("cache {layer} scales"), scales),
                fresh: fresh.clone(),
            }),
        })
    }

    /// Keys `[tokens, K·E]`, then values, as floats: the rows of a step that are to be quantised.
    pub(crate) fn fresh(gpu: &Gpu, tokens: usize, width: usize) -> Buffer {
        gpu.storage("fresh", (2 * tokens * width * size_of::<f32>()) as u64)
    }

    /// What is kept of each position.
    pub(crate) fn kept(&self) -> LayerCache {
        match self.sides {
            2 => LayerCache::KeyValue(self.width),
            _ => LayerCache::State(self.width),
        }
    }

    /// What the kernels that make keys and values write to.
    pub(crate) fn target(&self) -> &Buffer {
        self.groups.as_ref().map_or(&self.rows, |groups| &groups.fresh)
    }

    /// `kernel` in the variant that writes to [`Cache::target`].
    pub(crate) fn writer(&self, kernel: Kernel) -> Kernel {
        if self.groups.is_some() { kernel.define("FRESH", 1) } else { kernel }
    }

    /// `kernel` in the variant that reads this cache by `shaders/cache/`.
    pub(crate) fn reader(&self, kernel: Kernel) -> Kernel {
        kernel.define("CACHE_FORMAT", if self.groups.is_some() { "q8_0" } else { "f32" })
    }

    /// The buffers at the bindings that `shaders/cache/` gives them.
    pub(crate) fn binds(&self) -> impl Iterator<Item = Bind<'_>> {
        [Some(read(3, &self.rows)), self.groups.as_ref().map(|groups| read(4, &groups.scales))]
            .into_iter()
            .flatten()
    }

    /// Everything that is kept of each position.
    pub(crate) fn planes(&self) -> Vec<Plane<'_>> {
        let each = if self.groups.is_some() { size_of::<i8>() } else { size_of::<f32>() };
        let side = |i| {
            let start = i as u64 * (self.rows.size() / self.sides as u64);
            Plane { buffer: &self.rows, start, row_bytes: self.width * each }
        };
        let scales = self.groups.as_ref().map(|groups| Plane {
            buffer: &groups.scales,
            start: 0,
            row_bytes: self.width / CacheFormat::GROUP * size_of::<u32>(),
        });
        (0..self.sides).map(side).chain(scales).collect()
    }
}
