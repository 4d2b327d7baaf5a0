//! `sotto explain MODEL FILE`: what code does, or the same code with comments.

use super::rewrite::marked;
use crate::{
    job,
    model::{self, ModelArgs},
    texts,
};
use anyhow::Result;
use protocol::{Code, ExplainKind, ExplainRequest, Job, Source, SourceKind};
use std::{
    io::{Write, stdout},
    path::PathBuf,
};

/// What to explain, and how.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// The code; `-` is stdin.
    file: PathBuf,
    /// Print the code with comments added to it.
    #[arg(long)]
    comment: bool,
    /// Its language; without it the file's ending tells, or the code itself.
    #[arg(long)]
    language: Option<String>,
}

/// Streams the explanation with the lines that it rests on, or the code with its comments.
///
/// # Errors
/// When the code is empty or does not fit, its comments are not known, or the model fails.
pub async fn run(args: Args) -> Result<()> {
    let text = texts::read(&args.file)?;
    texts::check_words(&text)?;
    let ending = args.file.extension().and_then(|ending| ending.to_str()).map(str::to_owned);
    let code = Code { language: args.language.or(ending) };
    let source =
        Source { kind: SourceKind::Selection, title: String::new(), text, language: None, code: Some(code) };
    let kind = if args.comment { ExplainKind::Comment } else { ExplainKind::Explain };
    let mut session = model::load(&args.model).await?;
    let original = source.text.clone();
    let finished = job::perform(&mut session, &Job::Explain(ExplainRequest { source, kind })).await?;
    job::print_passages(&finished, &original)?;
    if let Some(diff) = finished.diff {
        let mut out = stdout().lock();
        writeln!(out, "\nChanges\n{}", marked(&diff, false))?;
        for note in &diff.notes {
            writeln!(out, "Put back as it was: {}", note.text)?;
        }
    }
    Ok(())
}
