//! GGUF: untrusted bytes to typed tensors.
//!
//! [`Reader`] takes a file from front to back: first the header, checked before anything is believed, then the
//! tensor data in chunks of whole blocks. So it does with the parts of a split file. [`Format::dequantize`] gives the values
//! of blocks and [`quantize`] makes blocks of values; [`Head`] begins a file, [`Writer`] writes small ones.

mod error;
mod format;
mod header;
mod input;
mod kind;
mod metadata;
mod parse;
mod quantize;
mod reader;
mod split;
#[doc(hidden)]
pub mod testing;
mod writer;

pub use error::GgufError;
pub use format::{Coded, Format};
pub use header::{Header, TensorInfo};
pub use metadata::{Metadata, Value};
pub use quantize::{NoEncoder, quantize};
pub use reader::{Reader, Source};
pub use writer::{ALIGNMENT, Head, Writer};
