//! `sotto summarize MODEL FILE`: a summary, and what it rests on.

use crate::{
    job,
    model::{self, ModelArgs},
    preferences::PreferenceArgs,
    texts,
};
use anyhow::Result;
use clap::ValueEnum;
use protocol::{Job, Length, Source, SourceKind, SummarizeRequest, SummaryType};
use std::path::PathBuf;

/// What to summarise, and how.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// The text; `-` is stdin.
    file: PathBuf,
    /// The summary's shape.
    #[arg(long = "type", value_enum, default_value_t = TypeChoice::KeyPoints)]
    summary_type: TypeChoice,
    /// The summary's length.
    #[arg(long, value_enum, default_value_t = LengthChoice::Medium)]
    length: LengthChoice,
    #[command(flatten)]
    preferences: PreferenceArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum TypeChoice {
    KeyPoints,
    Tldr,
    Teaser,
    Headline,
}

impl From<TypeChoice> for SummaryType {
    fn from(choice: TypeChoice) -> Self {
        match choice {
            TypeChoice::KeyPoints => Self::KeyPoints,
            TypeChoice::Tldr => Self::Tldr,
            TypeChoice::Teaser => Self::Teaser,
            TypeChoice::Headline => Self::Headline,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum LengthChoice {
    Short,
    Medium,
    Long,
}

impl From<LengthChoice> for Length {
    fn from(choice: LengthChoice) -> Self {
        match choice {
            LengthChoice::Short => Self::Short,
            LengthChoice::Medium => Self::Medium,
            LengthChoice::Long => Self::Long,
        }
    }
}

/// Streams the summary, then prints the passages.
///
/// # Errors
/// When the text cannot be read or is empty, or the model fails.
pub async fn run(args: Args) -> Result<()> {
    let text = texts::read(&args.file)?;
    texts::check_words(&text)?;
    let mut session = model::load(&args.model).await?;
    let source = Source {
        kind: SourceKind::Page,
        title: String::new(),
        text: text.clone(),
        language: None,
        code: None,
    };
    let request = SummarizeRequest {
        source,
        summary_type: args.summary_type.into(),
        length: args.length.into(),
        preferences: args.preferences.into(),
    };
    let finished = job::perform(&mut session, &Job::Summarize(request)).await?;
    Ok(job::print_passages(&finished, &text)?)
}
