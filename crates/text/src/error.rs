//! What can go wrong between text and tokens.

/// A tokenizer or template that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// A metadata key is missing or of the wrong type.
    #[error(transparent)]
    Metadata(#[from] gguf::GgufError),
    /// The file asks for a tokenizer that is not implemented.
    #[error(
        "the tokenizer {0} is not supported; supported are: gpt2 with smollm, gpt-2, llama-bpe or qwen2 as its \
         pre-tokenizer"
    )]
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
