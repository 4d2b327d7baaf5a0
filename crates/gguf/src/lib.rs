//! GGUF: untrusted bytes to typed tensors.

mod error;
mod format;
mod header;
mod metadata;
mod reader;

pub use error::GgufError;
pub use format::Format;
pub use header::{Header, TensorInfo};
pub use metadata::{Metadata, Value};
pub use reader::{Reader, Source};
