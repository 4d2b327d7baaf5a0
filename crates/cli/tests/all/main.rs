//! The whole engine: against llama.cpp's golden files, and against bad input.
//!
//! The GPU is the one that the environment gives; without one these tests fail, as they do without the default model.

mod architectures;
mod bad_input;
mod bench;
mod compare;
mod files;
mod greedy;
mod logits;
mod parts;
mod perplexity;
mod prefixes;
mod quantize;
mod session;
mod signals;
mod sotto;
mod speculation;
mod tokens;
