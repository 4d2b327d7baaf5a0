//! The backend that the command line chose.

use gpu::GpuBackend;
use ops::{Backend, BackendError, CacheLayout, Choice, Head, Steps};
use reference::Reference;

/// One of the two.
pub enum AnyBackend {
    /// The GPU.
    Gpu(Box<GpuBackend>),
    /// The plain loops.
    Reference(Box<Reference>),
}

/// Passes a call on to the backend that there is.
macro_rules! pass_on {
    ($self:ident, $backend:ident => $call:expr) => {
        match $self {
            Self::Gpu($backend) => $call,
            Self::Reference($backend) => $call,
        }
    };
}

impl Backend for AnyBackend {
    fn max_step_tokens(&self) -> usize {
        pass_on!(self, backend => backend.max_step_tokens())
    }

    fn max_head_rows(&self) -> usize {
        pass_on!(self, backend => backend.max_head_rows())
    }

    fn capacity(&self) -> usize {
        pass_on!(self, backend => backend.capacity())
    }

    fn write_weight(&mut self, name: &str, first_block: u64, bytes: &[u8]) -> Result<(), BackendError> {
        pass_on!(self, backend => backend.write_weight(name, first_block, bytes))
    }

    async fn ready(&mut self) -> Result<bool, BackendError> {
        pass_on!(self, backend => backend.ready().await)
    }

    fn cache_layout(&self) -> CacheLayout {
        pass_on!(self, backend => backend.cache_layout())
    }

    async fn read_cache(&mut self, layer: usize, positions: usize) -> Result<Vec<u8>, BackendError> {
        pass_on!(self, backend => backend.read_cache(layer, positions).await)
    }

    fn write_cache(&mut self, layer: usize, rows: &[u8]) -> Result<(), BackendError> {
        pass_on!(self, backend => backend.write_cache(layer, rows))
    }

    async fn forward(&mut self, position: usize, tokens: &[u32], head: Head) -> Result<(), BackendError> {
        pass_on!(self, backend => backend.forward(position, tokens, head).await)
    }

    async fn logits(&mut self) -> Result<Vec<f32>, BackendError> {
        pass_on!(self, backend => backend.logits().await)
    }

    async fn decode(
        &mut self,
        position: usize,
        tokens: &[u32],
        steps: Steps,
        choice: &Choice,
    ) -> Result<Vec<u32>, BackendError> {
        pass_on!(self, backend => backend.decode(position, tokens, steps, choice).await)
    }

    async fn verify(&mut self, position: usize, tokens: &[u32]) -> Result<Vec<u32>, BackendError> {
        pass_on!(self, backend => backend.verify(position, tokens).await)
    }
}
