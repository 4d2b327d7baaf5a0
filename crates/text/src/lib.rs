//! Text to tokens and back, as a GGUF file's own metadata says: tokenizer, chat template, incremental
//! detokeniser; and [`Generate`], which is what the assistant needs of a model.

mod chat_template;
mod detokenizer;
mod error;
mod generate;
mod tokenizer;

pub use chat_template::{ChatTemplate, Message, Role};
pub use detokenizer::Detokenizer;
pub use error::TextError;
pub use generate::{Cancel, Finish, Flow, Generate, GenerateError, Options, Outcome, Progress, Sampling};
pub use tokenizer::Tokenizer;
