//! The vocabulary of a forward pass: tensor operations as values, the [`Program`] that lists them, and the
//! [`Backend`] that executes one.
//!
//! Shape letters: T tokens of a step, S cached positions, D model width, H query heads, K key/value heads, E head
//! width, F feed-forward width, V vocabulary.

mod backend;
mod cache;
mod choice;
mod op;
mod program;
mod shapes;

pub use backend::{Backend, BackendError, CacheLayout, Head, MOST_VERIFIED, Steps};
pub use cache::CacheFormat;
pub use choice::{Choice, PENALTY_WINDOW};
pub use op::Op;
pub use program::{LayerCache, Program, ProgramError, Rows, Storage, Tensor, TensorId};
pub use shapes::{AttentionShape, Gate, Pairs, RopeShape, Span};
