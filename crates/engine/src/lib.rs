//! A language model in use: loaded onto a backend, its key/value cache resident, answering prompts.
//!
//! Knows nothing of GPUs, files or clocks: the caller passes in a backend, a source of bytes, and the time.

mod bench;
mod load;
mod pace;
mod prefix;
mod session;
mod speculate;

pub use bench::{BenchError, measure};
pub use load::{LoadError, LoadOptions, load, tokenizer};
pub use prefix::PrefixError;
pub use session::{Clock, Session, common_prefix};
pub use speculate::{Speculate, Speculation};
