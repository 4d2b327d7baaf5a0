//! `sotto tokenize MODEL FILE`: ids as a JSON array.

use crate::{source::FileSource, texts};
use anyhow::Result;
use std::{
    io::{Write, stdout},
    path::PathBuf,
};
use text::Tokenizer;

/// What to tokenise, with whose vocabulary.
#[derive(clap::Args)]
pub struct Args {
    /// The model: a GGUF file, or one with a tokenizer alone.
    model: PathBuf,
    /// The text; `-` is stdin. Special tokens in it are parsed.
    file: PathBuf,
}

/// Prints the ids, with BOS and EOS where the model's file says so.
///
/// # Errors
/// When the file cannot be read or has no tokenizer that is supported.
pub async fn run(args: Args) -> Result<()> {
    let reader = gguf::Reader::open_parts(FileSource::open_all(&args.model)?).await?;
    let tokenizer = Tokenizer::from_metadata(&reader.header().metadata)?;
    let ids = tokenizer.encode_prompt(&texts::read(&args.file)?);
    Ok(writeln!(stdout(), "{}", serde_json::to_string(&ids)?)?)
}
