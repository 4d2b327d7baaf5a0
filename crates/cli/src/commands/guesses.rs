//! `sotto guesses MODEL FILE…`: what guessing the next tokens gains, text by text.

use crate::{
    any_backend::AnyBackend,
    interrupt,
    model::{self, ModelArgs},
    progress::ProgressLine,
    texts,
};
use anyhow::{Result, bail};
use engine::{Session, Speculate, Speculation};
use protocol::{
    Event, Job, Length, Preferences, RewriteRequest, Source, SourceKind, SummarizeRequest, SummaryType, Tone,
};
use std::{
    io::{Write, stdout},
    path::PathBuf,
};
use text::{Cancel, Flow, Options, Sampling};

/// UTF-16 units of a text that are rewritten, and that are continued: about what a form field holds.
const FIELD_UNITS: usize = 500;
/// Tokens of a free continuation.
const FREE_TOKENS: u32 = 128;

/// Which texts, and how often.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// Texts to summarise, to proofread the beginning of, and to continue from there.
    #[arg(required = true)]
    texts: Vec<PathBuf>,
    /// How often to time each; medians are printed.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

/// What is done with a text.
#[derive(Clone, Copy)]
enum Task {
    Summarise,
    Proofread,
    Continue,
}

/// One way of writing it: seconds from the first token to the last, and what guesses there were.
#[derive(Clone, Default)]
struct Writing {
    text: String,
    tokens: u32,
    seconds: f64,
    batches: u64,
    by_batches: u64,
}

/// Writes each text with and without guesses, and prints a line for each.
///
/// # Errors
/// When the model fails, or guesses change a text.
pub async fn run(args: Args) -> Result<()> {
    let mut session = model::load(&args.model).await?;
    // As the load left it: each text begins with what is known of the adapter, and no more.
    let known = session.speculation().clone();
    let mut out = stdout().lock();
    let mut progress = ProgressLine::of_tokens("Measuring");
    let total = args.texts.len() as u64 * 3;
    let mut rows = Vec::new();
    for path in &args.texts {
        let text = texts::read(path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        for (task, label) in
            [(Task::Summarise, "summarise"), (Task::Proofread, "proofread"), (Task::Continue, "continue")]
        {
            progress.show(rows.len() as u64, total);
            let plain = median(&mut session, &text, task, with(&known, Speculate::Never), args.runs).await?;
            let guessed =
                median(&mut session, &text, task, with(&known, Speculate::WhereItPays), args.runs).await?;
            if interrupt::requested() {
                return Ok(());
            }
            if plain.text != guessed.text {
                bail!("guesses changed what became of {name} ({label})");
            }
            rows.push(row(&format!("{name}, {label}"), &plain, &guessed));
        }
    }
    drop(progress);
    writeln!(
        out,
        "{:<24} {:>7} {:>8} {:>14} {:>9} {:>9} {:>8}",
        "text", "tokens", "batches", "tokens a batch", "plain, s", "guessed", "speed-up"
    )?;
    rows.iter().try_for_each(|row| writeln!(out, "{row}"))?;
    Ok(())
}

fn row(name: &str, plain: &Writing, guessed: &Writing) -> String {
    let Writing { tokens, batches, by_batches, seconds, .. } = guessed;
    let a_batch = if *batches == 0 { 0.0 } else { *by_batches as f64 / *batches as f64 };
    let speed_up = plain.seconds / seconds;
    let before = plain.seconds;
    format!(
        "{name:<24} {tokens:>7} {batches:>8} {a_batch:>14.1} {before:>9.3} {seconds:>9.3} {speed_up:>8.2}"
    )
}

fn with(known: &Speculation, mode: Speculate) -> Speculation {
    let mut speculation = known.clone();
    speculation.mode = mode;
    speculation
}

/// The run whose time is in the middle; a first one is not counted.
async fn median(
    session: &mut Session<AnyBackend>,
    text: &str,
    task: Task,
    begun: Speculation,
    runs: u32,
) -> Result<Writing> {
    let mut writings = Vec::new();
    for _ in 0..=runs {
        *session.speculation() = begun.clone();
        let mut writing = write(session, text, task).await?;
        let speculation = session.speculation();
        (writing.batches, writing.by_batches) = (speculation.batches, speculation.written);
        writings.push(writing);
    }
    writings.remove(0);
    writings.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    Ok(writings.swap_remove(writings.len() / 2))
}

async fn write(session: &mut Session<AnyBackend>, text: &str, task: Task) -> Result<Writing> {
    let field = texts::units(text, 0, FIELD_UNITS as u32);
    let job = match task {
        Task::Continue => return continue_freely(session, field).await,
        Task::Proofread => Job::Rewrite(RewriteRequest {
            text: field.into(),
            tone: Tone::Proofread,
            instruction: None,
            attempt: 0,
        }),
        Task::Summarise => Job::Summarize(SummarizeRequest {
            source: Source {
                kind: SourceKind::Page,
                title: String::new(),
                text: text.into(),
                language: None,
                code: None,
            },
            summary_type: SummaryType::KeyPoints,
            length: Length::Medium,
            preferences: Preferences::default(),
        }),
    };
    let mut writing = Writing::default();
    let mut failed = None;
    assistant::run(session, &job, &Cancel::default(), &mut |event| match event {
        Event::Text { text } => writing.text += &text,
        Event::Done { stats, .. } => {
            writing.tokens = stats.generated_tokens;
            writing.seconds = stats.decode_seconds;
        }
        Event::Failed { message, .. } => failed = Some(message),
        _ => {}
    })
    .await;
    match failed {
        Some(message) => bail!("{message}"),
        None => Ok(writing),
    }
}

async fn continue_freely(session: &mut Session<AnyBackend>, text: &str) -> Result<Writing> {
    let ids = session.tokenizer().encode_prompt(text);
    let options = Options { max_tokens: FREE_TOKENS, sampling: Sampling::GREEDY, ignore_stop: true };
    let mut writing = Writing::default();
    let mut listen = |progress: text::Progress<'_>| {
        if let text::Progress::Text(more) = progress {
            writing.text += more;
        }
        Flow::Continue
    };
    let outcome = session.continue_tokens(&ids, &options, &Cancel::default(), &mut listen).await?;
    writing.tokens = outcome.generated_tokens;
    writing.seconds = outcome.decode_seconds;
    Ok(writing)
}
