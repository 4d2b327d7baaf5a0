//! Selected code: explained, or with comments added to it.

mod comments;
mod languages;
mod lexer;
mod lines;
mod prompts;

use crate::{
    ask::{Heard, add, ask, ask_verbatim},
    clean::Unwrap,
    failure::Failure,
    grounding::citations::Index,
    grounding::flags::flags,
    retrieval::Part,
    run::{Ended, budget, check, tell_part},
    units::Units,
};
use comments::Merged;
use lines::Lines;
use protocol::{
    Diff, EndReason, Event, ExplainKind, ExplainRequest, FlagKind, Note, NoteKind, Sentence, Source, Stats,
};
use std::{iter, ops::Range};
use text::{Cancel, Generate};

/// Does what is asked about code.
pub async fn explain<G: Generate>(
    model: &mut G,
    request: &ExplainRequest,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    check(&request.source)?;
    match request.kind {
        ExplainKind::Explain => prose(model, &request.source, cancel, emit).await,
        ExplainKind::Comment => comment(model, &request.source, cancel, emit).await,
    }
}

fn hint(source: &Source) -> Option<&str> {
    source.code.as_ref().and_then(|code| code.language.as_deref())
}

/// What the code does, in a few sentences, each with the line that it is about.
async fn prose<G: Generate>(
    model: &mut G,
    source: &Source,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let options = prompts::explain_options();
    let language = languages::find(hint(source), &source.text).map(|language| language.name);
    let room = budget(model, &prompts::explain("", language), options.max_tokens);
    let part = beginning(&source.text, room, &|text| model.count_tokens(text))
        .ok_or(Failure::DoesNotFit(model.context_tokens()))?;
    tell_part(source, &part, emit);
    let messages = prompts::explain(&part.text, language);
    let lines = Lines::new(&source.text);
    let index = Index::new(&source.text);
    let mut shown = String::new();
    let answer =
        ask(
            model,
            &messages,
            &options,
            prompts::SENTENCES,
            Unwrap::new(""),
            cancel,
            &mut |heard| match heard {
                Heard::Reading(done, total) => emit(Event::Reading { done, total }),
                Heard::Step(step) => {
                    if !step.text.is_empty() {
                        shown.push_str(&step.text);
                        emit(Event::Text { text: step.text });
                    }
                    for range in step.sentences {
                        emit(Event::Sentence(sentence(&shown, range, &lines, &index)));
                    }
                }
            },
        )
        .await?;
    Ok((answer.reason, answer.stats))
}

fn sentence(text: &str, range: Range<usize>, lines: &Lines<'_>, index: &Index<'_>) -> Sentence {
    let units = Units::new(text);
    let start = units.at(range.start);
    // A name in an explanation is a language's or a library's, and need not stand in the code.
    let mut flags = flags(text, range.clone(), start, index);
    flags.retain(|flag| !matches!(flag.kind, FlagKind::Name));
    Sentence { start, end: units.at(range.end), passage: lines.support(&text[range]), flags }
}

/// The first lines of `code` that take at most `room` tokens; none if not even one does.
fn beginning(code: &str, room: u32, count: &dyn Fn(&str) -> u32) -> Option<Part> {
    let mut spent = 0;
    let mut end = 0;
    for line in code.split_inclusive('\n') {
        // A longer line is not even counted.
        spent += if line.len() / 12 > room as usize { room + 1 } else { count(line) };
        if spent > room {
            break;
        }
        end += line.len();
    }
    let used = code[..end].trim_end();
    let range = 0..if end == code.len() { end } else { used.len() };
    (!used.trim().is_empty()).then(|| Part { text: used.to_owned(), ranges: iter::once(range).collect() })
}

/// The same code with comment lines, block by block. What the model changed is put back.
async fn comment<G: Generate>(
    model: &mut G,
    source: &Source,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Event),
) -> Ended {
    let language = languages::find(hint(source), &source.text).ok_or(Failure::LanguageUnknown)?;
    let code = source.text.as_str();
    let units = Units::new(code);
    let safe = lexer::safe_lines(code, language);
    let mut stats = Stats::default();
    let mut result = Diff { parts: vec![], flags: vec![], added: vec![], notes: vec![], corrections: vec![] };
    let mut any = false;
    for block in comments::blocks(code, &safe) {
        let lines = &code[block.bytes.clone()];
        let messages = prompts::comment(lines, language);
        let options = prompts::comment_options(model.count_tokens(lines));
        if budget(model, &messages, options.max_tokens) == 0 {
            return Err(Failure::DoesNotFit(model.context_tokens()));
        }
        let answer = ask_verbatim(model, &messages, &options, cancel, &mut |done, total| {
            // Once there is text, reading the next block is a part of writing.
            if !any {
                emit(Event::Reading { done, total });
            }
        })
        .await?;
        add(&mut stats, answer.stats);
        if answer.reason == EndReason::Cancelled {
            return Ok((EndReason::Cancelled, stats));
        }
        let Merged { parts, put_back } =
            comments::merge(lines, &answer.text, &safe[block.lines.clone()], language);
        for range in put_back {
            let at = block.bytes.start + range.start..block.bytes.start + range.end;
            let (start, end) = (units.at(at.start), units.at(at.end));
            result.notes.push(Note { kind: NoteKind::Kept, start, end, text: code[at].to_owned() });
        }
        any = true;
        emit(Event::Text { text: parts.iter().map(|part| part.text.as_str()).collect() });
        for part in parts {
            match result.parts.last_mut() {
                Some(last) if last.kind == part.kind => last.text.push_str(&part.text),
                _ => result.parts.push(part),
            }
        }
    }
    if result.parts.iter().all(|part| part.kind == protocol::DiffKind::Equal) {
        return Err(Failure::NoComments);
    }
    emit(Event::Diff(result));
    Ok((EndReason::Complete, stats))
}
