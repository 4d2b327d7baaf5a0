//! One job, done by the assistant; its text streamed to stdout.

use crate::{any_backend::AnyBackend, interrupt, progress::ProgressLine, texts};
use anyhow::{Result, bail};
use engine::Session;
use protocol::{Diff, Doubt, EndReason, Event, Instead, Job, Sentence, StepKind};
use std::io::{self, Write, stdout};
use text::Cancel;

/// What came of a job.
#[derive(Default)]
pub struct Finished {
    /// The text, as it was printed.
    pub text: String,
    /// Its sentences, with what they rest on.
    pub sentences: Vec<Sentence>,
    /// How a rewrite differs from its original.
    pub diff: Option<Diff>,
    /// How much of the source the model saw, of how much, in UTF-16 units; none if all.
    pub part: Option<(u32, u32)>,
    /// Ctrl-C ended it.
    pub is_cancelled: bool,
}

/// Does `job`, and prints its text and a line end.
///
/// # Errors
/// The assistant's own sentence when the job fails; and when stdout cannot be written.
pub async fn perform(session: &mut Session<AnyBackend>, job: &Job) -> Result<Finished> {
    let cancel = Cancel::default();
    let mut out = stdout().lock();
    let mut progress = ProgressLine::of_tokens("Reading");
    let mut finished = Finished::default();
    let mut failed = None;
    let mut written: io::Result<()> = Ok(());
    assistant::run(session, job, &cancel, &mut |event| {
        match event {
            Event::Reading { done, total } => progress.show(done.into(), total.into()),
            Event::Context { used_units, total_units, .. } => finished.part = Some((used_units, total_units)),
            Event::Text { text } => {
                progress.clear();
                if written.is_ok() {
                    written = write!(out, "{text}").and_then(|()| out.flush());
                }
                finished.text += &text;
            }
            Event::Sentence(sentence) => finished.sentences.push(sentence),
            Event::Withdrawn { doubt, instead } => {
                if written.is_ok() {
                    written = writeln!(out, "\n\n[{} {}]\n", what_was_wrong(doubt), what_follows(instead));
                }
                finished.text.clear();
                finished.sentences.clear();
            }
            Event::Diff(diff) => finished.diff = Some(diff),
            Event::Failed { message, .. } => failed = Some(message),
            Event::Done { reason, .. } => finished.is_cancelled = reason == EndReason::Cancelled,
            Event::Step { kind: StepKind::Part, number, of } => {
                progress.clear();
                progress = ProgressLine::of_tokens(format!("Part {number} of {of}"));
            }
            Event::Step { kind: StepKind::Merging, .. } => {
                progress.clear();
                progress = ProgressLine::of_tokens("Merging");
            }
            // There is no queue here.
            Event::Queued { .. } => {}
        }
        if written.is_err() || interrupt::requested() {
            cancel.cancel();
        }
    })
    .await;
    progress.clear();
    written?;
    if let Some(message) = failed {
        bail!("{message}");
    }
    if !finished.text.ends_with('\n') {
        writeln!(out)?;
    }
    Ok(finished)
}

/// Why a text was withdrawn, as a sentence.
fn what_was_wrong(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Unsupported => "The text supports too little of this.",
        Doubt::Repetition => "This began to repeat itself.",
        Doubt::Language => "This is in another language than the text.",
    }
}

/// What stands in the place of a text that was withdrawn, as a sentence.
fn what_follows(instead: Instead) -> &'static str {
    match instead {
        Instead::Another => "Another one:",
        Instead::KeyPassages => "Key passages of the text in its place:",
        Instead::NearestPassages => "What the text says nearest to the question:",
    }
}

/// Prints, for each sentence, the passage of `source` that it rests on, and what in it the source lacks.
///
/// # Errors
/// When stdout cannot be written.
pub fn print_passages(finished: &Finished, source: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    if let Some((used, total)) = finished.part {
        let percent = 100 * u64::from(used) / u64::from(total.max(1));
        writeln!(out, "\nThe model saw {percent}% of the text: the rest does not fit its context.")?;
    }
    if finished.sentences.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nPassages")?;
    for (number, sentence) in (1..).zip(&finished.sentences) {
        match &sentence.passage {
            Some(passage) => {
                let quote = one_line(texts::units(source, passage.start, passage.end));
                writeln!(out, "{number:3}. “{quote}” ({:.2})", passage.score)?;
            }
            None => {
                let claim = one_line(texts::units(&finished.text, sentence.start, sentence.end));
                writeln!(out, "{number:3}. nothing in the text supports “{claim}”")?;
            }
        }
        for flag in &sentence.flags {
            writeln!(out, "     not in the text: {}", one_line(&flag.text))?;
        }
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
