//! `sotto chat MODEL`: a conversation.

use crate::{
    interrupt, job,
    model::{self, ModelArgs},
    preferences::PreferenceArgs,
    texts,
};
use anyhow::{Context, Result};
use protocol::{ChatRequest, Job, Preferences, Role, Source, SourceKind, Turn};
use std::{
    io::{IsTerminal, Write, stderr, stdin},
    path::PathBuf,
};

/// With whom to talk, and about what.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// A text to talk about.
    #[arg(long, value_name = "FILE")]
    about: Option<PathBuf>,
    #[command(flatten)]
    preferences: PreferenceArgs,
}

/// Answers one line of stdin after the other, until it ends; Ctrl-C stops an answer.
///
/// # Errors
/// When the text or stdin cannot be read, or the model fails.
pub async fn run(args: Args) -> Result<()> {
    let page = args.about.as_ref().map(|path| texts::read(path)).transpose()?;
    page.as_deref().map_or(Ok(()), texts::check_words)?;
    let source = page.as_ref().map(|text| Source {
        kind: SourceKind::Page,
        title: String::new(),
        text: text.clone(),
        language: None,
        code: None,
    });
    let preferences = Preferences::from(args.preferences);
    let mut session = model::load(&args.model).await?;
    let mut turns = Vec::new();
    while let Some(question) = next_question()? {
        turns.push(Turn { role: Role::User, text: question });
        let request =
            ChatRequest { source: source.clone(), turns: turns.clone(), preferences: preferences.clone() };
        let finished = job::perform(&mut session, &Job::Chat(request)).await?;
        if let Some(page) = &page {
            job::print_passages(&finished, page)?;
        }
        turns.push(Turn { role: Role::Assistant, text: finished.text });
        if finished.is_cancelled {
            if !stdin().is_terminal() {
                break;
            }
            interrupt::forget();
        }
    }
    Ok(())
}

/// The next line that says something; none at the end of stdin.
fn next_question() -> Result<Option<String>> {
    let mut line = String::new();
    loop {
        if stdin().is_terminal() {
            write!(stderr(), "> ")?;
            stderr().flush()?;
        }
        line.clear();
        let bytes =
            interrupt::while_idle(|| stdin().read_line(&mut line)).context("stdin could not be read")?;
        if bytes == 0 {
            return Ok(None);
        }
        if !line.trim().is_empty() {
            return Ok(Some(line.trim().to_owned()));
        }
    }
}
