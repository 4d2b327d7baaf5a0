//! The engine in a browser's worker: commands in, messages out, one model on one GPU.
//!
//! Thin: what a job does is `assistant`'s, how a token comes about is `engine`'s. Only this crate knows
//! wasm-bindgen; what can be tested without a browser is [`Desk`], [`Incoming`], [`fit`] and the table of failures.

mod desk;
mod failure;
mod fit;
mod incoming;

#[cfg(target_arch = "wasm32")]
mod browser;

pub use desk::Desk;
pub use failure::explain;
pub use fit::fit;
pub use incoming::Incoming;
