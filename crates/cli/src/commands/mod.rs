//! One command a file.

pub mod bench;
pub mod chat;
pub mod explain;
pub mod guesses;
pub mod inspect;
pub mod logits;
pub mod perplexity;
pub mod quality;
pub mod quantize;
pub mod rewrite;
pub mod run;
pub mod summarize;
pub mod tokenize;
pub mod trace;
