//! The engine in a browser's worker: commands in, messages out, one model on one GPU.
//!
//! Thin: what a job does is `assistant`'s, how a token comes about is `engine`'s. Only this crate knows
//! wasm-bindgen, and only [`Desk`] and the table of failures have anything to test without a browser.

mod desk;
mod failure;

#[cfg(target_arch = "wasm32")]
mod browser;

pub use desk::Desk;
pub use failure::explain;
