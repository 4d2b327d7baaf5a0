//! Every operation as plain loops, and a [`ops::Backend`] made of them: what each kernel is held against.
//!
//! Written for reading, not for speed. Sums run in f64, so that the error measured is the kernel's own.

mod backend;
pub mod ops;

pub use backend::Reference;
