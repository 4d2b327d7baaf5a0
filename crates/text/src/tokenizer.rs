//! Text to token ids.

/// A tokenizer.
pub struct Tokenizer;
