//! The product's brain: from a [`protocol::Job`] to its events, over any [`text::Generate`]. No I/O, no clock.
//!
//! A job goes through `run`: what of the page the model sees (`long_summary` reads what is too long part after part, `retrieval`
//! finds the passages for a question; `chunks` cuts), what the model is told (`prompts`), what it wraps its text in
//! taken off (`clean`), the text held to its length and kept from repeating itself (`draft`, `loops`), and each
//! sentence checked against its source (`grounding`). A summary that fails its checks (`doubts`) gives way to another, and
//! then to `key_passages`. A rewrite goes piece by piece
//! (`rewrite`) and ends with its word `diff`; code is explained or given comments by `explain`. Page text and model
//! output are hostile: every pass over them is near-linear, and none panics.

mod ask;
mod chunks;
mod clean;
mod diff;
mod doubts;
mod draft;
mod explain;
mod failure;
mod grounding;
mod key_passages;
mod language;
mod long_summary;
mod loops;
mod notes;
mod preferences;
mod prompts;
mod protected;
pub mod quality;
mod retrieval;
mod rewrite;
mod run;
mod sentences;
mod shown;
mod units;
mod words;

pub use long_summary::Memory;
pub use run::{run, run_with};
