//! The summary of a text that does not fit the model's context: part after part, then what was noted brought together.

use crate::{
    chunks::chunks,
    citations::Index,
    clean::{Bullets, Unwrap},
    draft::Draft,
    failure::Failure,
    notes::{Note, pick, telling},
    prompts::{self, Shape},
    run::{Ended, Filter, Output, budget, generate},
    sentences::marker,
    units::{Units, units_in},
};
use protocol::{
    EndReason, Event, Sentence, Source, SourceRange, Stats, StepKind, SummarizeRequest, SummaryType,
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

/// Reads the source in parts, notes what is said in each, and makes of the notes what was asked for.
///
/// A note counts only if a passage of its own part supports it and the part holds its facts, so that nothing
/// invented on the way reaches the summary. Of a part without such a note its most telling sentence is noted. Key points and
/// overviews are the notes that cover most; headlines and teasers the model writes from these
/// (docs/decisions/long-pages.md).
pub async fn summarize<G: Generate>(
    model: &mut G,
    request: &SummarizeRequest,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let source = &request.source;
    let shape = prompts::shape(request.summary_type, request.length);
    let (notes, reason, mut cost) = read_all(model, source, cancel, emit).await?;
    if reason == EndReason::Cancelled {
        return Ok((reason, cost));
    }
    for n in &notes { eprintln!("NOTE {} {:.2} {}", n.part, n.passage.score, n.text); } // DEBUG
    cost.first_token_seconds += cost.decode_seconds;
    emit(Event::Step { kind: StepKind::Merging, number: 1, of: 1 });
    if matches!(request.summary_type, SummaryType::KeyPoints | SummaryType::Tldr) {
        tell(&pick(&notes, shape.sentences), shape.list, emit);
        return Ok((EndReason::Complete, cost));
    }
    let notes = pick(&notes, NOTES_TO_WRITE_FROM);
    let (reason, stats) = write(model, source, &shape, &notes, cancel, emit).await?;
    add(&mut cost, &stats);
    Ok((reason, cost))
}

/// The notes of all parts, in order; fewer where the user stops.
async fn read_all<G: Generate>(
    model: &mut G,
    source: &Source,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Result<(Vec<Note>, EndReason, Stats), Failure> {
    let shape = prompts::notes();
    let wanted = PART_TOKENS.max((source.text.len() / BYTES_PER_TOKEN) as u32 / MANY_PARTS);
    let room = budget(model, &prompts::summary("", shape.task), shape.options.max_tokens).min(wanted);
    let parts = (room >= LEAST_TOKENS)
        .then(|| chunks(&source.text, room, &|text| model.count_tokens(text)))
        .flatten()
        .ok_or(Failure::DoesNotFit(model.context_tokens()))?;
    // What has no word needs no reading.
    let parts: Vec<Range<usize>> =
        parts.into_iter().filter(|part| source.text[part.clone()].contains(char::is_alphanumeric)).collect();
    let units = Units::new(&source.text);
    let mut notes: Vec<Note> = Vec::new();
    let mut unread = Vec::new();
    let mut cost = Stats::default();
    for (number, part) in parts.iter().enumerate() {
        emit(Event::Step { kind: StepKind::Part, number: number as u32 + 1, of: parts.len() as u32 });
        let text = &source.text[part.clone()];
        match read(model, text, &shape, cancel, emit).await {
            Ok((_, EndReason::Cancelled, stats)) => {
                add(&mut cost, &stats);
                return Ok((notes, EndReason::Cancelled, cost));
            }
            Ok((found, _, stats)) => {
                add(&mut cost, &stats);
                notes.extend(found.into_iter().map(|note| note.moved(number, units.at(part.start))));
            }
            // It took more tokens than its pieces do. What was not read is told, and the others are read.
            Err(Failure::Model(GenerateError::ContextFull { .. })) => unread.push(number),
            Err(failure) => return Err(failure),
        }
        if notes.last().is_none_or(|note| note.part != number) {
            notes.extend(telling(text).map(|note| note.moved(number, units.at(part.start))));
        }
    }
    if !unread.is_empty() {
        let range = |(_, part): (usize, &Range<usize>)| SourceRange {
            start: units.at(part.start),
            end: units.at(part.end),
        };
        let ranges: Vec<SourceRange> =
            parts.iter().enumerate().filter(|(number, _)| !unread.contains(number)).map(range).collect();
        let used_units = ranges.iter().map(|range| range.end - range.start).sum();
        emit(Event::Context { used_units, total_units: units_in(&source.text), ranges });
    }
    Ok((notes, EndReason::Complete, cost))
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
    let output = Output::new(Filter::List(Bullets::default()), Draft::new(shape.sentences), Some(&index), None);
    let mut found: Vec<Sentence> = Vec::new();
    let mut listen = |event| match event {
        Event::Reading { .. } => emit(event),
        Event::Sentence(sentence) => found.push(sentence),
        _ => {}
    };
    let messages = prompts::summary(part.trim(), shape.task);
    let (text, reason, stats) = generate(model, &messages, &shape.options, cancel, output, &mut listen).await?;
    // The limit cut the last one in the middle.
    if reason == EndReason::Length {
        found.pop();
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    let note = |sentence: Sentence| {
        let words = String::from_utf16_lossy(&units[sentence.start as usize..sentence.end as usize]);
        let passage = sentence.passage.filter(|p| p.score >= LEAST_SUPPORT && sentence.flags.is_empty())?;
        // A list that was cut off leaves a marker.
        Some(Note { text: words[marker(&words)..].to_owned(), passage, part: 0 })
    };
    Ok((found.into_iter().filter_map(note).collect(), reason, stats))
}

/// Shows notes as they are, each with its passage.
fn tell(notes: &[Note], list: bool, emit: &mut dyn FnMut(Event)) {
    let mut at = 0;
    for (place, note) in notes.iter().enumerate() {
        let between = match (place, list) {
            (0, true) => "- ",
            (_, true) => "\n- ",
            (0, false) => "",
            (_, false) => " ",
        };
        emit(Event::Text { text: format!("{between}{}", note.text) });
        let start = at + units_in(between);
        at = start + units_in(&note.text);
        let passage = Some(note.passage.clone());
        emit(Event::Sentence(Sentence { start, end: at, passage, flags: Vec::new() }));
    }
}

/// Lets the model write from the notes. Its sentences are checked against the whole source, as everywhere.
async fn write<G: Generate>(
    model: &mut G,
    source: &Source,
    shape: &Shape,
    notes: &[Note],
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let room = budget(model, &prompts::summary("", shape.task), shape.options.max_tokens);
    let mut lines = String::new();
    for note in notes {
        if model.count_tokens(&lines) + model.count_tokens(&note.text) + 1 > room {
            break;
        }
        lines.push_str(&note.text);
        lines.push('\n');
    }
    let index = Index::new(&source.text);
    let filter = if shape.list { Filter::List(Bullets::default()) } else { Filter::Prose(Unwrap::new("")) };
    let output = Output::new(filter, Draft::new(shape.sentences), Some(&index), None);
    let messages = prompts::summary(lines.trim_end(), shape.task);
    let (_, reason, stats) = generate(model, &messages, &shape.options, cancel, output, emit).await?;
    Ok((reason, stats))
}

/// Adds what one generation cost to what all did. The first token that a reader sees comes after all that went before.
fn add(all: &mut Stats, one: &Stats) {
    all.prompt_tokens += one.prompt_tokens;
    all.reused_tokens += one.reused_tokens;
    all.generated_tokens += one.generated_tokens;
    all.first_token_seconds += one.first_token_seconds;
    all.decode_seconds += one.decode_seconds;
}
