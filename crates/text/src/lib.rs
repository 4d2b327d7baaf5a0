//! Text to tokens and back, as a GGUF file's own metadata says: tokenizer, chat template, incremental
//! detokeniser; and [`Generate`], which is what the assistant needs of a model.

mod byte_level;
mod chat_template;
mod date;
mod detokenizer;
mod error;
mod families;
mod generate;
mod pre_tokenizers;
mod seal;
mod sentence_piece;
mod special_tokens;
mod spelled;
mod tokenizer;
mod utf8;
mod words;

pub use chat_template::{ChatTemplate, Message, Role};
pub use date::Date;
pub use detokenizer::Detokenizer;
pub use error::TextError;
pub use generate::{Cancel, Finish, Flow, Generate, GenerateError, Options, Outcome, Progress, Sampling};
pub use tokenizer::{Specials, Tokenizer};
pub use utf8::text_from_bytes;
