//! Keys and values of one layer.

use crate::device::Gpu;
use ops::BackendError;

/// Keys `[S, K·E]`, then values `[S, K·E]`, in one buffer: a kernel may have no more than eight.
pub(crate) struct Cache {
    pub(crate) buffer: wgpu::Buffer,
    /// K·E.
    pub(crate) width: usize,
}

impl Cache {
    /// Bytes of one position of the keys, and of the values.
    pub(crate) fn row_bytes(&self) -> usize {
        self.width * size_of::<f32>()
    }

    /// Bytes that the keys may take, and the values after them.
    pub(crate) fn half(&self) -> u64 {
        self.buffer.size() / 2
    }

    /// Reserves memory for `positions` of `width`.
    pub(crate) fn new(gpu: &Gpu, layer: usize, positions: usize, width: usize) -> Result<Self, BackendError> {
        let bytes = (2 * positions * width * size_of::<f32>()) as u64;
        let limit = gpu.largest_binding();
        if bytes > limit {
            let what = format!("a context of {positions} tokens takes {bytes} bytes a layer");
            return Err(BackendError::TooSmall(format!("{what}, of {limit}; choose a shorter one")));
        }
        Ok(Self { buffer: gpu.storage(&format!("cache {layer}"), bytes), width })
    }
}
