//! Another wording of a text.
//!
//! A small model that is given a whole letter drops sentences, turns questions into answers and ends after the salutation. So
//! a text is rewritten piece by piece (`pieces`), each is held against what it came from (`checks`), one that fails is tried
//! again sentence by sentence, and a sentence that still fails stays as it was and is told. Only the user's own
//! instructions get the whole text at once: what they ask for may need it.

mod checks;
mod corrections;
mod pieces;
mod prompts;
mod reason;

use crate::{
    ask::{Answer, Heard, add, ask},
    clean::{Bullets, Unwrap},
    diff::diff,
    failure::Failure,
    run::{Ended, budget},
    units::{Units, units_in},
};
use corrections::{corrections, parts};
use pieces::{Size, pieces, statements};
use protocol::{Correction, EndReason, Event, Note, NoteKind, RewriteRequest, Stats, Tone};
use std::ops::Range;
use text::{Cancel, Generate, Message};
use unicode_segmentation::UnicodeSegmentation;

/// A statement of fewer words ("Kind regards", "Thanks!") is no work for a model.
const LEAST_WORDS: usize = 3;

/// Bytes a token stands for at most on the average of a real text.
const BYTES_PER_TOKEN: usize = 12;

/// Does a rewrite.
pub async fn rewrite<G: Generate>(
    model: &mut G,
    request: &RewriteRequest,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let body = request.text.trim();
    if body.is_empty() {
        return Err(Failure::EmptyField);
    }
    // As much as a context of plain text: by pieces more would fit, but nobody waits for that.
    if body.len() / BYTES_PER_TOKEN > model.context_tokens() as usize {
        return Err(Failure::DoesNotFit(model.context_tokens()));
    }
    match (request.tone, &request.instruction) {
        (Tone::Own, Some(instruction)) if is_instruction(instruction) => {
            own(model, request, instruction.trim(), cancel, emit).await
        }
        (Tone::Own, _) | (_, Some(_)) => Err(Failure::BadInstruction),
        _ => Job { model, request, cancel, emit, stats: Stats::default(), shown: String::new() }.run().await,
    }
}

fn is_instruction(text: &str) -> bool {
    !text.trim().is_empty() && units_in(text) <= RewriteRequest::LONGEST_INSTRUCTION
}

/// Whether a statement is too short to be rewritten, or a salutation.
fn is_short(statement: &str) -> bool {
    let least = if statement.ends_with(',') { 2 * LEAST_WORDS } else { LEAST_WORDS };
    statement.unicode_words().nth(least - 1).is_none()
}

/// Pieces that keep a small model from losing anything, found by trying.
fn size(tone: Tone) -> Size {
    match tone {
        Tone::Proofread | Tone::AsIs | Tone::MoreFormal | Tone::MoreCasual | Tone::Simpler | Tone::Longer => {
            Size { sentences: 1, bytes: 240 }
        }
        Tone::Shorter => Size { sentences: 2, bytes: 320 },
        Tone::List | Tone::Own => Size { sentences: 2, bytes: 320 },
    }
}

/// The user's own instruction, upon the whole text.
async fn own<G: Generate>(
    model: &mut G,
    request: &RewriteRequest,
    instruction: &str,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let original = &request.text;
    let body = original.trim();
    let messages = prompts::own(body, instruction);
    let answer = say(model, body, &messages, request, usize::MAX, cancel, &mut |heard| match heard {
        Heard::Reading(done, total) => emit(Event::Reading { done, total }),
        Heard::Step(step) if !step.text.is_empty() => emit(Event::Text { text: step.text }),
        Heard::Step(_) => {}
    })
    .await?;
    // A partial rewrite must not replace a whole text, so it gets no diff to apply.
    if matches!(answer.reason, EndReason::Complete | EndReason::Repetition) && !answer.text.is_empty() {
        let lead = &original[..original.len() - original.trim_start().len()];
        let tail = &original[original.trim_end().len()..];
        let rewrite = format!("{lead}{}{tail}", answer.text);
        let mut result = diff(original, &rewrite);
        result.notes = notes(original, &rewrite);
        emit(Event::Diff(result));
    }
    Ok((answer.reason, answer.stats))
}

/// Statements of `original` that `rewrite` does not say any more, and those of `rewrite` that `original` never said.
fn notes(original: &str, rewrite: &str) -> Vec<Note> {
    let mut notes = Vec::new();
    for (kind, text, other) in
        [(NoteKind::Dropped, original, rewrite), (NoteKind::Invented, rewrite, original)]
    {
        let units = Units::new(text);
        let said = checks::Said::new(other);
        for range in statements(text) {
            let statement = &text[range.clone()];
            if !is_short(statement) && !said.says(statement) {
                let (start, end) = (units.at(range.start), units.at(range.end));
                notes.push(Note { kind, start, end, text: statement.to_owned() });
            }
        }
    }
    notes
}

/// Asks for a rewrite of `body`.
async fn say<G: Generate>(
    model: &mut G,
    body: &str,
    messages: &[Message],
    request: &RewriteRequest,
    sentences: usize,
    cancel: &Cancel,
    hear: &mut dyn FnMut(Heard),
) -> Result<Answer, Failure> {
    let options = prompts::options(model.count_tokens(body), request.tone, request.attempt);
    if budget(model, messages, options.max_tokens) == 0 {
        return Err(Failure::DoesNotFit(model.context_tokens()));
    }
    ask(model, messages, &options, sentences, Unwrap::new(body), cancel, hear).await
}

/// A rewrite by pieces, as far as it has come.
struct Job<'a, G> {
    model: &'a mut G,
    request: &'a RewriteRequest,
    cancel: &'a Cancel,
    emit: &'a mut dyn FnMut(Event),
    stats: Stats,
    /// The rewrite so far.
    shown: String,
}

impl<G: Generate> Job<'_, G> {
    async fn run(mut self) -> Ended {
        let original = self.request.text.as_str();
        let tone = self.request.tone;
        let units = Units::new(original);
        let mut notes: Vec<Note> = Vec::new();
        let mut found: Vec<Correction> = Vec::new();
        let mut at = 0;
        for piece in pieces(original, size(tone)) {
            let Some(written) = self.piece(&piece).await? else {
                return Ok((EndReason::Cancelled, self.stats));
            };
            for Part { range, text } in written {
                let before = &original[range.clone()];
                let base = units.at(range.start);
                let gap = &original[at..range.start];
                at = range.end;
                self.show(&if tone == Tone::List {
                    list_gap(gap, at == range.len())
                } else {
                    gap.to_owned()
                });
                let Some(text) = text else {
                    if !is_short(before) {
                        let end = units.at(range.end);
                        notes.push(Note { kind: NoteKind::Kept, start: base, end, text: before.to_owned() });
                    }
                    self.show(&as_it_was(before, tone));
                    continue;
                };
                self.show(&text);
                if tone == Tone::Proofread {
                    found.extend(corrections(before, &text).into_iter().map(|correction| Correction {
                        start: correction.start + base,
                        end: correction.end + base,
                        ..correction
                    }));
                }
            }
        }
        // What is shown has no white space at its ends; what is applied has the original's.
        let rest = original[at..].trim_end();
        self.show(rest);
        let rewrite = format!("{}{}", self.shown, &original[at + rest.len()..]);
        let mut result = diff(original, &rewrite);
        result.notes = notes;
        if tone == Tone::Proofread {
            result.parts = parts(original, &found);
            result.corrections = found;
        }
        (self.emit)(Event::Diff(result));
        Ok((EndReason::Complete, self.stats))
    }

    /// Adds to the rewrite. White space in front of it is not shown.
    fn show(&mut self, more: &str) {
        let first = self.shown.trim().is_empty();
        self.shown.push_str(more);
        let text = if first { more.trim_start() } else { more };
        if !text.is_empty() {
            (self.emit)(Event::Text { text: text.to_owned() });
        }
    }

    /// Rewrites a piece: as a whole, or where that fails statement by statement. None when it was cancelled.
    async fn piece(&mut self, piece: &[Range<usize>]) -> Result<Option<Vec<Part>>, Failure> {
        let whole = piece[0].start..piece[piece.len() - 1].end;
        match self.attempt(whole.clone()).await? {
            Attempt::Cancelled => return Ok(None),
            Attempt::Stands(text) => return Ok(Some(vec![Part { range: whole, text: Some(text) }])),
            Attempt::Fails if piece.len() == 1 => return Ok(Some(vec![Part { range: whole, text: None }])),
            Attempt::Fails => {}
        }
        let mut parts = Vec::with_capacity(piece.len());
        for statement in piece {
            let text = match self.attempt(statement.clone()).await? {
                Attempt::Cancelled => return Ok(None),
                Attempt::Stands(text) => Some(text),
                Attempt::Fails => None,
            };
            parts.push(Part { range: statement.clone(), text });
        }
        Ok(Some(parts))
    }

    async fn attempt(&mut self, range: Range<usize>) -> Result<Attempt, Failure> {
        let original = self.request.text.as_str();
        let before = &original[range];
        if is_short(before) {
            return Ok(if self.cancel.is_cancelled() { Attempt::Cancelled } else { Attempt::Fails });
        }
        let tone = self.request.tone;
        let messages = prompts::piece(before, tone);
        let (emit, begun) = (&mut self.emit, !self.shown.trim().is_empty());
        let answer =
            say(self.model, before, &messages, self.request, usize::MAX, self.cancel, &mut |heard| {
                // Once there is text, reading the next piece is a part of writing.
                if let Heard::Reading(done, total) = heard
                    && !begun
                {
                    emit(Event::Reading { done, total });
                }
            })
            .await?;
        add(&mut self.stats, answer.stats);
        let text = if tone == Tone::List { listed(&answer.text) } else { answer.text };
        Ok(match answer.reason {
            EndReason::Cancelled => Attempt::Cancelled,
            EndReason::Complete if checks::stands(before, &text, original, tone) => Attempt::Stands(text),
            EndReason::Complete if tone == Tone::Proofread => {
                corrections::clear_part(before, &text).map_or(Attempt::Fails, Attempt::Stands)
            }
            _ => Attempt::Fails,
        })
    }
}

/// A part of the original, and what became of it; nothing where it stays.
struct Part {
    range: Range<usize>,
    text: Option<String>,
}

enum Attempt {
    Stands(String),
    Fails,
    Cancelled,
}

/// What stands between two items of a list: a line break, or an empty line where there was one.
fn list_gap(gap: &str, first: bool) -> String {
    if first {
        return gap.chars().take_while(|c| c.is_whitespace()).collect();
    }
    let breaks = gap.chars().filter(|&c| c == '\n').count();
    "\n".repeat(breaks.clamp(1, 2))
}

fn listed(text: &str) -> String {
    let mut bullets = Bullets::default();
    let mut list = bullets.push(text);
    list.push_str(&bullets.finish());
    list.trim_end().to_owned()
}

/// A statement that no rewrite stands for, in the form that the tone asks for.
fn as_it_was(statement: &str, tone: Tone) -> String {
    if tone == Tone::List && !is_short(statement) { format!("- {statement}") } else { statement.to_owned() }
}
