//! Reading a file from front to back, without ever holding it whole.

/// Bytes from front to back.
#[allow(async_fn_in_trait)] // Single-threaded by design.
pub trait Source {
    /// Fills the front of `into` and says how many bytes; 0 is the end.
    ///
    /// # Errors
    /// A sentence that says what failed.
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String>;
}

/// A GGUF file being read.
pub struct Reader<S> {
    _source: S,
}
