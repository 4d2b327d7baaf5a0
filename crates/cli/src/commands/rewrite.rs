//! `sotto rewrite MODEL TEXT`: other words, and what changed.

use crate::{
    job,
    model::{self, ModelArgs},
    texts,
};
use anyhow::Result;
use clap::ValueEnum;
use protocol::{Diff, DiffKind, Job, NoteKind, RewriteRequest, Tone};
use std::{
    env,
    fmt::Write as _,
    io::{IsTerminal, Write, stdout},
    path::Path,
};

/// What to reword, and how.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// The text, or the name of a file that holds it; `-` is stdin.
    text: String,
    /// How to reword it.
    #[arg(long, value_enum, default_value_t = ToneChoice::AsIs, conflicts_with = "instruction")]
    tone: ToneChoice,
    /// What to do with it, in your own words.
    #[arg(long)]
    instruction: Option<String>,
    /// 0 for the likeliest wording, any other number for another one.
    #[arg(long, default_value_t = 0)]
    attempt: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum ToneChoice {
    AsIs,
    MoreFormal,
    MoreCasual,
    Shorter,
    Longer,
    Simpler,
    List,
    Proofread,
}

impl From<ToneChoice> for Tone {
    fn from(choice: ToneChoice) -> Self {
        match choice {
            ToneChoice::AsIs => Self::AsIs,
            ToneChoice::MoreFormal => Self::MoreFormal,
            ToneChoice::MoreCasual => Self::MoreCasual,
            ToneChoice::Shorter => Self::Shorter,
            ToneChoice::Longer => Self::Longer,
            ToneChoice::Simpler => Self::Simpler,
            ToneChoice::List => Self::List,
            ToneChoice::Proofread => Self::Proofread,
        }
    }
}

/// Streams the new text, then prints the difference and what it should not have changed.
///
/// # Errors
/// When the text is empty or does not fit, or the model fails.
pub async fn run(args: Args) -> Result<()> {
    let path = Path::new(&args.text);
    let text = if args.text == "-" || path.is_file() { texts::read(path)? } else { args.text };
    texts::check_words(&text)?;
    let mut session = model::load(&args.model).await?;
    let tone = if args.instruction.is_some() { Tone::Own } else { args.tone.into() };
    let request = RewriteRequest { text, tone, instruction: args.instruction, attempt: args.attempt };
    let original = request.text.clone();
    let finished = job::perform(&mut session, &Job::Rewrite(request)).await?;
    let Some(diff) = finished.diff else { return Ok(()) };
    let mut out = stdout().lock();
    let in_colour = out.is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    writeln!(out, "\nChanges\n{}", marked(&diff, in_colour))?;
    for flag in &diff.flags {
        writeln!(out, "Changed or lost, so check it: {}", flag.text)?;
    }
    for flag in &diff.added {
        writeln!(out, "Not in the original, so check it: {}", flag.text)?;
    }
    for note in &diff.notes {
        let said = match note.kind {
            NoteKind::Dropped => "Lost",
            NoteKind::Invented => "Invented",
            NoteKind::Kept => "Left as it was",
        };
        writeln!(out, "{said}: {}", note.text)?;
    }
    for correction in &diff.corrections {
        let mark = if correction.suggested { '+' } else { '?' };
        let before = texts::units(&original, correction.start, correction.end);
        writeln!(out, "{mark} {:?}: {before:?} becomes {:?}", correction.reason, correction.text)?;
    }
    Ok(())
}

/// The difference with what went in red and what came in green, or as `[-went-]` and `{+came+}`.
pub fn marked(diff: &Diff, in_colour: bool) -> String {
    let mut text = String::new();
    for part in &diff.parts {
        let (before, after) = match (part.kind, in_colour) {
            (DiffKind::Equal, _) => ("", ""),
            (DiffKind::Delete, true) => ("\x1b[31;9m", "\x1b[0m"),
            (DiffKind::Insert, true) => ("\x1b[32m", "\x1b[0m"),
            (DiffKind::Delete, false) => ("[-", "-]"),
            (DiffKind::Insert, false) => ("{+", "+}"),
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{before}{}{after}", part.text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::DiffPart;

    #[test]
    fn changes_are_marked() {
        let part = |kind, text: &str| DiffPart { kind, text: text.into() };
        let parts = vec![
            part(DiffKind::Equal, "I "),
            part(DiffKind::Delete, "wanna"),
            part(DiffKind::Insert, "want to"),
            part(DiffKind::Equal, " go."),
        ];
        let diff = Diff { parts, flags: vec![], added: vec![], notes: vec![], corrections: vec![] };
        assert_eq!(marked(&diff, false), "I [-wanna-]{+want to+} go.");
        assert_eq!(marked(&diff, true), "I \x1b[31;9mwanna\x1b[0m\x1b[32mwant to\x1b[0m go.");
    }
}
