//! What can go wrong between text and tokens.

use crate::pre_tokenizers;

/// A tokenizer or template that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// A metadata key is missing or of the wrong type.
    #[error(transparent)]
    Metadata(#[from] gguf::GgufError),
    /// The file asks for a tokenizer that is not implemented.
    #[error("the tokenizer {0} is not supported; supported are: llama, and gpt2 with one of these pre-tokenizers: {list}",
        list = pre_tokenizers::names().collect::<Vec<_>>().join(", "))]
    UnsupportedTokenizer(String),
    /// The vocabulary or the merges contradict themselves.
    #[error("the tokenizer's data is damaged: {0}")]
    BadTokenizer(String),
    /// The file has no chat template, and nothing tells which it would be.
    #[error("the model file has no chat template: it is not made for conversations")]
    NoChatTemplate,
    /// The chat template failed.
    #[error("the model's chat template failed: {0}")]
    Template(String),
}
