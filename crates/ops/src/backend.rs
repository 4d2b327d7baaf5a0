//! What executes a [`crate::Program`].

use crate::{CacheFormat, Choice};

/// Most tokens that one [`Backend::verify`] takes.
pub const MOST_VERIFIED: usize = 16;

/// Which rows of a step become logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// None: only the cache is filled.
    None,
    /// The last token's.
    Last,
    /// Every token's.
    All,
}

/// Why a backend failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BackendError {
    /// There is nothing to run on.
    #[error("there is no GPU that WebGPU can use here ({0})")]
    NoAdapter(String),
    /// The device was reset or taken away; nothing on it survives.
    #[error("the GPU was lost: {0}")]
    DeviceLost(String),
    /// Memory ran out.
    #[error("out of GPU memory: {0}")]
    OutOfMemory(String),
    /// The device's limits are below what the program needs.
    #[error("this GPU is too small: {0}")]
    TooSmall(String),
    /// The cache cannot be kept in the format that was asked for.
    #[error("the key/value cache does not suit the model: {0}")]
    UnsupportedCache(String),
    /// A kernel or a call was refused: a fault of ours or of the driver.
    #[error("the GPU refused the work: {0}")]
    Refused(String),
}

/// How keys and values lie outside of a backend: layer after layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheLayout {
    /// What the bytes stand for.
    pub format: CacheFormat,
    /// Bytes of one position of each layer.
    pub row_bytes: Vec<usize>,
}

/// How many tokens to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// The ones wanted.
    pub now: usize,
    /// The ones that will be wanted next, going on from there, if the text goes on: a backend may begin them already, so
    /// that it does not stand idle while the first are read. What comes of them is forgotten when something else is
    /// asked for.
    pub ahead: usize,
}

/// Executes one program over a resident key/value cache. Single-threaded: a browser's GPU objects are not `Send`.
#[allow(async_fn_in_trait)]
pub trait Backend {
    /// Most tokens that one [`Backend::forward`] takes.
    fn max_step_tokens(&self) -> usize;

    /// Most tokens of a [`Backend::forward`] with [`Head::All`].
    fn max_head_rows(&self) -> usize;

    /// Positions that the cache holds.
    fn capacity(&self) -> usize;

    /// Takes the next whole blocks of the weight `name`, as the model file stores them: an even number, unless they
    /// are its last.
    ///
    /// # Errors
    /// See [`BackendError`].
    fn write_weight(&mut self, name: &str, first_block: u64, bytes: &[u8]) -> Result<(), BackendError>;

    /// Returns once every weight is in place and the first step is no slower than any later one. The cache is empty
    /// then. Gives whether steps are quick enough here to try some for measurement.
    ///
    /// # Errors
    /// See [`BackendError`]; [`BackendError::Refused`] where a weight has not come whole.
    async fn ready(&mut self) -> Result<bool, BackendError>;

    /// How the cache lies outside.
    fn cache_layout(&self) -> CacheLayout;

    /// The first `positions` rows of a layer of the cache, bit for bit. They must have been written.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn read_cache(&mut self, layer: usize, positions: usize) -> Result<Vec<u8>, BackendError>;

    /// Puts the first rows of a layer of the cache back, as [`Backend::read_cache`] gave them. Rows after these are
    /// forgotten.
    ///
    /// # Errors
    /// See [`BackendError`].
    fn write_cache(&mut self, layer: usize, rows: &[u8]) -> Result<(), BackendError>;

    /// Runs the program over `tokens` at `position`, so that the cache holds `position + tokens.len()` rows.
    /// Rows after these are forgotten. Without a head it returns when the work is done; with one, the work may
    /// still be under way until [`Backend::logits`].
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn forward(&mut self, position: usize, tokens: &[u32], head: Head) -> Result<(), BackendError>;

    /// The logits of the last [`Backend::forward`], row after row of the vocabulary.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn logits(&mut self) -> Result<Vec<f32>, BackendError>;

    /// Runs `tokens` at `position`, chooses the token after them, runs that one, and so on: gives the `steps.now` tokens
    /// chosen. The cache then holds all of them but the last.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn decode(
        &mut self,
        position: usize,
        tokens: &[u32],
        steps: Steps,
        choice: &Choice,
    ) -> Result<Vec<u32>, BackendError>;

    /// Runs `tokens` at `position` and gives the most likely token after each of them. The cache then holds all of
    /// `tokens`.
    ///
    /// # Errors
    /// See [`BackendError`].
    async fn verify(&mut self, position: usize, tokens: &[u32]) -> Result<Vec<u32>, BackendError>;
}
