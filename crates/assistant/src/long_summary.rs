//! The summary of a text that does not fit the model's context: part after part, then what was noted brought together.

use crate::{
    chunks::chunks,
    clean::{Bullets, Unwrap},
    draft::Draft,
    failure::Failure,
    grounding::citations::Index,
    language,
    notes::{Note, fill, pick},
    prompts::{self, Shape},
    run::{Ended, Filter, Output, Written, ask_for_summary, generate, quotes_for, summary_budget},
    sentences::marker,
    shown::Shown,
    units::{Units, units_in},
};
use protocol::{
    Doubt, EndReason, Event, Instead, Passage, Preferences, Sentence, Source, SourceRange, Stats, StepKind,
    SummarizeRequest, SummaryType,
};
use std::ops::Range;
use text::{Cancel, Generate, GenerateError};

/// Most tokens of a part, however long the context is: a small model finds less in a longer text.
const PART_TOKENS: u32 = 1024;
/// Where so many parts would not be enough, parts are longer, as far as the context goes: each costs the writing of notes.
const MANY_PARTS: u32 = 64;
/// About as many bytes are a token, in most texts.
const BYTES_PER_TOKEN: usize = 4;
/// With less room than this for a part the context is too small for anything, in tokens.
const LEAST_TOKENS: u32 = 32;
/// Least score of a note's passage. Higher than what is shown elsewhere: there are more notes than are needed.
const LEAST_SUPPORT: f32 = 0.6;
/// Most notes that a headline or a teaser is written from.
const NOTES_TO_WRITE_FROM: usize = 12;

/// What was read of a long text so far. Notes are the same whatever the summary's shape: another shape of it reads nothing
/// again, and after a stop the reading goes on where it was. Holds the last long text only, and belongs to one model.
#[derive(Debug, Default)]
pub struct Memory {
    text: String,
    /// Most tokens of a part.
    room: u32,
    /// Parts that were read.
    done: usize,
    /// Of these, the ones that did not fit after all.
    unread: Vec<usize>,
    notes: Vec<Note>,
}

/// Reads the source in parts, notes what is said in each, and makes of the notes what was asked for.
///
/// A note counts only if a passage of its own part supports it and the part holds its facts, so that nothing
/// invented on the way reaches the summary. Where no note rests on half of a part or more, a telling sentence of that half is noted. Key points and
/// overviews are the notes that cover most; where most of these are the text's own sentences, it is said. Headlines and teasers the model writes from these; what the page does not support
/// of what it writes is not shown, and if nothing is left, notes stand in (docs/decisions/long-pages.md).
pub async fn summarize<G: Generate>(
    model: &mut G,
    request: &SummarizeRequest,
    memory: &mut Memory,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let source = &request.source;
    let shape = prompts::shape(request.summary_type, request.length);
    let (reason, mut cost) = read_all(model, source, memory, cancel, emit).await?;
    if reason == EndReason::Cancelled {
        return Ok((reason, cost));
    }
    // A reader waits for the first word until all parts are read.
    cost.first_token_seconds += cost.decode_seconds;
    emit(Event::Step { kind: StepKind::Merging, number: 1, of: 1 });
    let mut shown = Shown { list: shape.list, units: 0, emit };
    if matches!(request.summary_type, SummaryType::Headline | SummaryType::Teaser) {
        let notes = pick(&memory.notes, NOTES_TO_WRITE_FROM);
        let (reason, stats) = write(model, request, &shape, &notes, cancel, &mut shown).await?;
        add(&mut cost, &stats);
        if shown.units > 0 || reason == EndReason::Cancelled {
            return Ok((reason, cost));
        }
    }
    let notes = pick(&memory.notes, shape.sentences);
    if 2 * notes.iter().filter(|note| note.copied).count() > notes.len() {
        (shown.emit)(Event::Withdrawn { doubt: Doubt::Unsupported, instead: Instead::KeyPassages });
    }
    for note in notes {
        shown.tell(&note.text, note.passage);
    }
    Ok((EndReason::Complete, cost))
}

/// Reads what `memory` does not hold yet, part after part.
async fn read_all<G: Generate>(
    model: &mut G,
    source: &Source,
    memory: &mut Memory,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let shape = prompts::notes();
    let wanted = PART_TOKENS.max((source.text.len() / BYTES_PER_TOKEN) as u32 / MANY_PARTS);
    let room = summary_budget(model, &shape, &Preferences::default()).min(wanted);
    let parts = (room >= LEAST_TOKENS)
        .then(|| chunks(&source.text, room, &|text| model.count_tokens(text)))
        .flatten()
        .ok_or(Failure::DoesNotFit(model.context_tokens()))?;
    // What has no word needs no reading.
    let parts: Vec<Range<usize>> =
        parts.into_iter().filter(|part| source.text[part.clone()].contains(char::is_alphanumeric)).collect();
    if memory.text != source.text || memory.room != room {
        *memory = Memory { text: source.text.clone(), room, ..Memory::default() };
    }
    let units = Units::new(&source.text);
    let mut cost = Stats::default();
    for (number, part) in parts.iter().enumerate().skip(memory.done) {
        emit(Event::Step { kind: StepKind::Part, number: number as u32 + 1, of: parts.len() as u32 });
        let text = &source.text[part.clone()];
        let mut notes = Vec::new();
        match read(model, text, &shape, cancel, emit).await {
            Ok((_, EndReason::Cancelled, stats)) => {
                add(&mut cost, &stats);
                return Ok((EndReason::Cancelled, cost));
            }
            Ok((found, _, stats)) => {
                add(&mut cost, &stats);
                notes = found;
            }
            // It took more tokens than its pieces do. What was not read is told, and the others are read.
            Err(Failure::Model(GenerateError::ContextFull { .. })) => memory.unread.push(number),
            Err(failure) => return Err(failure),
        }
        fill(text, &mut notes);
        memory.notes.extend(notes.into_iter().map(|note| note.moved(number, units.at(part.start))));
        memory.done = number + 1;
    }
    if !memory.unread.is_empty() {
        let range = |(_, part): (usize, &Range<usize>)| SourceRange {
            start: units.at(part.start),
            end: units.at(part.end),
        };
        let read = parts.iter().enumerate().filter(|(number, _)| !memory.unread.contains(number));
        let ranges: Vec<SourceRange> = read.map(range).collect();
        let used_units = ranges.iter().map(|range| range.end - range.start).sum();
        emit(Event::Context { used_units, total_units: units_in(&source.text), ranges });
    }
    Ok((EndReason::Complete, cost))
}

/// What the model notes of a part, as far as the part supports it; passages are offsets into the part.
async fn read<G: Generate>(
    model: &mut G,
    part: &str,
    shape: &Shape,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Result<(Vec<Note>, EndReason, Stats), Failure> {
    let index = Index::new(part);
    let output =
        Output::new(Filter::List(Bullets::default()), Draft::list(shape.sentences), Some(&index), None);
    let mut listen = |event| {
        if matches!(event, Event::Reading { .. }) {
            emit(event);
        }
    };
    // Notes are the page's own words, or their support could not be seen: in another language none would stay.
    let (task, language) = (shape.tasks[0], language::foreign(part));
    let (part, wanted) = (part.trim(), &Preferences::default());
    let quotes = quotes_for(model, part, shape, wanted);
    let messages = ask_for_summary(model, part, &quotes, task, shape, language, wanted);
    let Written { text, reason, stats, sentences: mut found, .. } =
        generate(model, &messages, &shape.options, cancel, output, &mut listen).await?;
    // The limit cut the last one in the middle.
    if reason == EndReason::Length {
        found.pop();
    }
    let note = |sentence: Sentence| {
        let (text, passage) = supported(&text, sentence)?;
        Some(Note { text, passage, part: 0, copied: false })
    };
    Ok((found.into_iter().filter_map(note).collect(), reason, stats))
}

/// The words of a sentence of `text` and the passage that supports it; none if that is weak or lacks a fact.
fn supported(text: &str, sentence: Sentence) -> Option<(String, Passage)> {
    let passage = sentence.passage.filter(|p| p.score >= LEAST_SUPPORT && sentence.flags.is_empty())?;
    let units = text.encode_utf16().skip(sentence.start as usize);
    let units: Vec<u16> = units.take((sentence.end - sentence.start) as usize).collect();
    let words = String::from_utf16_lossy(&units);
    // A list that was cut off leaves a marker.
    Some((words[marker(&words)..].to_owned(), passage))
}

/// Lets the model write from the notes, and shows each sentence that the source supports once it is complete.
async fn write<G: Generate>(
    model: &mut G,
    request: &SummarizeRequest,
    shape: &Shape,
    notes: &[Note],
    cancel: &Cancel,
    shown: &mut Shown<'_>,
) -> Ended {
    let (source, wanted) = (&request.source, &request.preferences);
    let room = summary_budget(model, shape, wanted);
    let mut lines = String::new();
    for note in notes {
        if model.count_tokens(&lines) + model.count_tokens(&note.text) + 2 > room {
            break;
        }
        lines.push_str(&note.text);
        lines.push('\n');
    }
    let index = Index::new(&source.text);
    let output = Output::new(Filter::Prose(Unwrap::new("")), Draft::new(shape.sentences), Some(&index), None);
    let mut text = String::new();
    let mut listen = |event| match event {
        Event::Reading { .. } => (shown.emit)(event),
        Event::Text { text: more } => text.push_str(&more),
        Event::Sentence(sentence) => {
            if let Some((words, passage)) = supported(&text, sentence) {
                shown.tell(&words, passage);
            }
        }
        _ => {}
    };
    let language = language::to_answer_in(&source.text, wanted);
    let messages = prompts::summary(lines.trim_end(), shape.tasks[0], language, wanted);
    let written = generate(model, &messages, &shape.options, cancel, output, &mut listen).await?;
    Ok((written.reason, written.stats))
}

/// Adds what one generation cost to what all did. The first token that a reader sees comes after all that went before.
fn add(all: &mut Stats, one: &Stats) {
    all.prompt_tokens += one.prompt_tokens;
    all.reused_tokens += one.reused_tokens;
    all.generated_tokens += one.generated_tokens;
    all.first_token_seconds += one.first_token_seconds;
    all.decode_seconds += one.decode_seconds;
}
