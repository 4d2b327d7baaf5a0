//! Pages that are longer than the model's context: read in parts, asked about by passages.

#[path = "support/reader.rs"]
mod reader;
mod support;

use assistant::Memory;
use protocol::{
    ChatRequest, EndReason, ErrorCode, Event, Instead, Job, Length, Preferences, Role, Source, SourceKind,
    StepKind, SummarizeRequest, SummaryType, Turn,
};
use reader::{Reader, about, first, first_two, page};
use support::{cut, last, run, sentences, text};
use text::{Cancel, GenerateError, Message};

fn source(text: &str) -> Source {
    Source { kind: SourceKind::Page, title: "Page".into(), text: text.into(), language: None, code: None }
}

fn summarize(text: &str, summary_type: SummaryType) -> Job {
    Job::Summarize(SummarizeRequest {
        source: source(text),
        summary_type,
        length: Length::Short,
        preferences: Preferences::default(),
    })
}

fn ask(text: &str, turns: &[&str]) -> Job {
    let roles = [Role::User, Role::Assistant].into_iter().cycle();
    let turns = turns.iter().zip(roles).map(|(t, role)| Turn { role, text: (*t).into() }).collect();
    Job::Chat(ChatRequest { source: Some(source(text)), turns, preferences: Preferences::default() })
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn steps(events: &[Event]) -> Vec<(StepKind, u32, u32)> {
    events
        .iter()
        .filter_map(
            |e| if let Event::Step { kind, number, of } = *e { Some((kind, number, of)) } else { None },
        )
        .collect()
}

fn reason(events: &[Event]) -> EndReason {
    match events.last() {
        Some(Event::Done { reason, .. }) => *reason,
        other => panic!("not done: {other:?}"),
    }
}

#[test]
fn every_word_is_read_once_and_every_part_is_told() {
    let page = page(12);
    let mut model = first_two();
    let events = run(&mut model, &summarize(&page, SummaryType::KeyPoints));
    assert_eq!(reason(&events), EndReason::Complete);
    let texts = model.texts();
    assert_eq!(words(&texts.join("\n")), words(&page), "in order, each once");
    assert!(texts.len() > 4, "{} parts", texts.len());
    let of = texts.len() as u32;
    let mut expected: Vec<_> = (1..=of).map(|number| (StepKind::Part, number, of)).collect();
    expected.push((StepKind::Merging, 1, 1));
    assert_eq!(steps(&events), expected);
    assert!(!events.iter().any(|e| matches!(e, Event::Context { .. })), "nothing was left out");
    let asked = model.asked.borrow();
    assert!(asked.iter().all(|messages| messages[0] == asked[0][0]), "one head for all parts");
}

#[test]
fn parts_begin_at_headings() {
    let page = page(12);
    let mut model = first_two();
    run(&mut model, &summarize(&page, SummaryType::KeyPoints));
    for text in model.texts() {
        assert!(text.starts_with("Lighthouse number"), "{}", &text[..60]);
    }
}

#[test]
fn a_summary_is_of_the_whole_page_and_cites_it() {
    let page = page(12);
    let mut model = first_two();
    let events = run(&mut model, &summarize(&page, SummaryType::KeyPoints));
    let shown = text(&events);
    assert_eq!(shown.lines().filter(|l| l.starts_with("- ")).count(), 3, "{shown}");
    let mut sections = Vec::new();
    for sentence in sentences(&events) {
        let said = cut(&shown, sentence.start, sentence.end);
        let passage = sentence.passage.expect("supported");
        assert_eq!(cut(&page, passage.start, passage.end), said, "offsets are the page's");
        sections.push(said);
    }
    sections.dedup();
    assert_eq!(sections.len(), 3, "of different parts: {sections:?}");
}

#[test]
fn what_a_part_does_not_support_goes_no_further() {
    let page = page(12);
    let mut model = Reader::new(|number, messages| {
        Ok(match number {
            0 => first(about(messages), 1),
            // An invention, a fact of another part, and a sentence with a wrong number.
            1 => "- The whale sang opera in Vienna.\n- Keeper0x3 of lighthouse0 trimmed wick0x3 before night fell.\n- Lighthouse number 99.".into(),
            _ => String::new(),
        })
    });
    let events = run(&mut model, &summarize(&page, SummaryType::KeyPoints));
    // Parts of which nothing was noted are there with sentences of their own; where most are, it is said before any is shown.
    assert_eq!(text(&events), "");
    let said = |e: &Event| matches!(e, Event::Withdrawn { instead: Instead::KeyPassages, .. });
    assert_eq!(events.iter().filter(|e| said(e)).count(), 1);
    let shown = text(last(&events));
    for invented in ["whale", "Keeper0x3 ", "99"] {
        assert!(!shown.contains(invented), "{shown}");
    }
    assert_eq!(shown.lines().count(), 3, "{shown}");
    assert!(sentences(last(&events)).iter().all(|s| s.passage.is_some() && s.flags.is_empty()));
}

/// Notes the first two sentences of a part, and says `written` when asked to write.
fn writing(written: &'static str) -> Reader {
    Reader::new(move |_, messages| {
        let is_part = messages[1].content.contains("Lighthouse number");
        Ok(if is_part { first(about(messages), 2) } else { written.into() })
    })
}

#[test]
fn a_headline_is_written_from_the_notes() {
    let page = page(12);
    let mut model = writing("Keeper0x0 of lighthouse0 trimmed wick0x0");
    let events = run(&mut model, &summarize(&page, SummaryType::Headline));
    assert_eq!(text(&events), "Keeper0x0 of lighthouse0 trimmed wick0x0");
    let texts = model.texts();
    let notes = &texts[texts.len() - 1];
    assert!(notes.lines().count() > 4 && notes.lines().all(|line| page.contains(line)), "{notes}");
    assert_eq!(steps(&events).last(), Some(&(StepKind::Merging, 1, 1)));
}

#[test]
fn a_headline_that_the_page_does_not_support_gives_way_to_a_note() {
    let page = page(12);
    for invented in
        ["Islanders celebrate their 10th anniversary", "", "Keeper0x0 of lighthouse7 trimmed 4000 wicks"]
    {
        let events = run(&mut writing(invented), &summarize(&page, SummaryType::Headline));
        let shown = text(&events);
        assert!(shown.starts_with("Keeper") && page.contains(&shown), "{shown}");
        assert_eq!(sentences(&events).len(), 1);
    }
}

#[test]
fn stopping_in_a_part_ends_at_once() {
    let page = page(12);
    let mut model = first_two();
    model.cancel_at = Some((1, 4));
    let events = run(&mut model, &summarize(&page, SummaryType::KeyPoints));
    assert_eq!(reason(&events), EndReason::Cancelled);
    assert_eq!(model.asked.borrow().len(), 2, "no further part is read");
    assert_eq!(steps(&events).len(), 2);
    assert_eq!(text(&events), "");
}

#[test]
fn stopping_while_merging_keeps_the_text_so_far() {
    let page = page(12);
    let says = "Keeper0x0 of lighthouse0 trimmed wick0x0. Keeper1x0 of lighthouse1 trimmed wick1x0. And more was done.";
    let mut model = writing(says);
    let job = |length| {
        Job::Summarize(SummarizeRequest {
            source: source(&page),
            summary_type: SummaryType::Teaser,
            length,
            preferences: Preferences::default(),
        })
    };
    let whole = run(&mut model, &job(Length::Long));
    assert_eq!(sentences(&whole).len(), 2, "the third has no support: {}", text(&whole));
    let mut model = writing(says);
    model.cancel_at = Some((steps(&whole).len() - 1, 20));
    let events = run(&mut model, &job(Length::Long));
    assert_eq!(reason(&events), EndReason::Cancelled);
    assert_eq!(text(&events), "Keeper0x0 of lighthouse0 trimmed wick0x0.");
}

/// What `run_with` tells, with what `memory` holds.
fn run_on(model: &mut Reader, job: &Job, memory: &mut Memory) -> Vec<Event> {
    let mut events = Vec::new();
    let cancel = Cancel::default();
    pollster::block_on(assistant::run_with(model, job, memory, &cancel, &mut |event| events.push(event)));
    events
}

#[test]
fn another_shape_reads_nothing_again() {
    let page = page(12);
    let mut memory = Memory::default();
    let mut model = first_two();
    let fresh = run_on(&mut model, &summarize(&page, SummaryType::KeyPoints), &mut memory);
    let read = model.count;
    let again = run_on(&mut model, &summarize(&page, SummaryType::Tldr), &mut memory);
    assert_eq!(model.count, read);
    assert_eq!(steps(&again), [(StepKind::Merging, 1, 1)]);
    assert!(!text(&fresh).is_empty() && !text(&again).is_empty());
    assert!(page.contains(&text(&again)), "{}", text(&again));
    let other = page.replace("night fell", "dusk came");
    let events = run_on(&mut model, &summarize(&other, SummaryType::Tldr), &mut memory);
    assert!(text(&events).contains("dusk came"), "another page is read: {}", text(&events));
}

#[test]
fn after_a_stop_the_reading_goes_on_where_it_was() {
    let page = page(12);
    let mut memory = Memory::default();
    let mut model = first_two();
    model.cancel_at = Some((2, 4));
    assert_eq!(
        reason(&run_on(&mut model, &summarize(&page, SummaryType::KeyPoints), &mut memory)),
        EndReason::Cancelled
    );
    model.cancel_at = None;
    let events = run_on(&mut model, &summarize(&page, SummaryType::KeyPoints), &mut memory);
    assert_eq!(steps(&events)[0].1, 3, "two parts were read");
    assert_eq!(text(&events), text(&run(&mut first_two(), &summarize(&page, SummaryType::KeyPoints))));
}

#[test]
fn a_part_that_does_not_fit_after_all_is_told_and_the_rest_is_read() {
    let page = page(12);
    let full = |number, messages: &[Message]| match number {
        1 => Err(GenerateError::ContextFull { prompt: 2100, context: 2048 }),
        _ => Ok(first(about(messages), 2)),
    };
    let mut model = Reader::new(full);
    let events = run(&mut model, &summarize(&page, SummaryType::KeyPoints));
    assert_eq!(reason(&events), EndReason::Complete);
    let context = events.iter().find_map(|e| match e {
        Event::Context { used_units, total_units, ranges } => {
            Some((*used_units, *total_units, ranges.clone()))
        }
        _ => None,
    });
    let (used, total, ranges) = context.expect("told");
    let texts = model.texts();
    let seen: String = ranges.iter().map(|r| cut(&page, r.start, r.end)).collect();
    assert!(seen.contains(&texts[0]) && !seen.contains(&texts[1]) && seen.contains(&texts[2]));
    assert_eq!((used as usize, total as usize), (seen.len(), page.len()));
}

#[test]
fn a_model_that_fails_in_a_part_fails_the_summary() {
    let page = page(12);
    let mut model = Reader::new(|number, messages| match number {
        2 => Err(GenerateError::DeviceLost("reset".into())),
        _ => Ok(first(about(messages), 2)),
    });
    let events = run(&mut model, &summarize(&page, SummaryType::KeyPoints));
    assert!(
        matches!(events.last(), Some(Event::Failed { code: ErrorCode::GpuLost, .. })),
        "{:?}",
        events.last()
    );
    assert_eq!(model.asked.borrow().len(), 3);
}

#[test]
fn pages_without_spaces_are_read_whole() {
    let page: String = (0..900).map(|i| format!("第{i}の灯台守は夜が来る前に灯心を切った。")).collect();
    let mut model = Reader::new(|_, messages| {
        Ok(about(messages).split_inclusive('。').take(2).map(|s| format!("- {s}\n")).collect())
    });
    let events = run(&mut model, &summarize(&page, SummaryType::Tldr));
    assert_eq!(model.texts().concat(), page);
    assert_eq!(sentences(&events).len(), 1, "{}", text(&events));
    assert!(text(&events).ends_with('。'));
}

#[test]
fn a_question_is_answered_from_its_passages_and_their_headings() {
    let page = format!(
        "{}The old bridge\n\n{}\n\nIt was sold for £40 in 1910.\n\n{}",
        page(8),
        "The bridge stood for many years and carried carts to market every week. ".repeat(14),
        page(9)
    );
    let mut model = Reader::new(|_, _| Ok("It was sold for £40 in 1910.".into()));
    let events = run(&mut model, &ask(&page, &["What was the old bridge sold for?"]));
    let Event::Context { used_units, total_units, ranges } = &events[0] else { panic!("{:?}", events[0]) };
    assert!(used_units < total_units);
    assert!(ranges.is_sorted_by(|a, b| a.end < b.start), "{ranges:?}");
    let seen: Vec<String> = ranges.iter().map(|r| cut(&page, r.start, r.end)).collect();
    assert_eq!(seen.join("\n\n"), model.texts()[0], "what is told is what is seen");
    assert!(seen.concat().contains("The old bridge\n\n") && seen.concat().contains("sold for £40"));
    assert_eq!(seen.iter().map(|s| s.encode_utf16().count()).sum::<usize>(), *used_units as usize);
    let passage = sentences(&events)[0].passage.clone().expect("supported");
    assert_eq!(cut(&page, passage.start, passage.end), "It was sold for £40 in 1910.");
}

#[test]
fn a_heading_tells_passages_apart() {
    let section = |name: &str, price: u32| {
        let filler = "Carts went to market and came back again every week of the year. ".repeat(40);
        format!("The {name}\n\n{filler}\n\nIt was sold for £{price} in the end.\n\n")
    };
    let others: String = (0..12).map(|i| section(&format!("house number {i}"), 100 + i)).collect();
    let page = format!("{}{others}{}", page(8), section("viaduct", 40));
    let mut model = Reader::new(|_, _| Ok("For £40.".into()));
    run(&mut model, &ask(&page, &["What was the viaduct sold for?"]));
    assert!(model.texts()[0].contains("sold for £40 "), "{}", model.texts()[0]);
    // A passage brings its heading, from however far above.
    let mut model = Reader::new(|_, _| Ok("The viaduct.".into()));
    run(&mut model, &ask(&page, &["What was sold for £40?"]));
    let seen = &model.texts()[0];
    assert!(seen.contains("The viaduct\n\n") && seen.contains("sold for £40 "), "{seen}");
}

#[test]
fn a_follow_up_is_about_what_was_asked_before() {
    let bridge = "The bridge over the Wenning got its money from a toll on wool.";
    let page = format!("{}{bridge}\n\n{}The hall was paid for by the guild.\n\n", page(8), page(9));
    let mut model = Reader::new(|_, _| Ok("A toll on wool.".into()));
    let turns =
        ["Where did the bridge over the Wenning stand?", "It stood by the mill.", "And who paid for it?"];
    let events = run(&mut model, &ask(&page, &turns));
    assert_eq!(reason(&events), EndReason::Complete);
    let asked = model.asked.borrow();
    let seen = &asked[0][1].content;
    assert!(seen.contains(bridge), "{seen}");
    assert!(asked[0].iter().any(|m| m.content.contains("It stood by the mill")), "the turns are kept");
    // The word of the last question counts most all the same.
    assert!(seen.contains("The hall was paid for"), "{seen}");
}

#[test]
fn a_part_that_the_model_saw_half_of_is_noted_further() {
    let page = page(12);
    // Whatever it reads, it tells of the first sentence alone.
    let mut model = Reader::new(|_, messages| Ok(first(about(messages), 1)));
    let job = |length| {
        Job::Summarize(SummarizeRequest {
            source: source(&page),
            summary_type: SummaryType::KeyPoints,
            length,
            preferences: Preferences::default(),
        })
    };
    let events = run(&mut model, &job(Length::Long));
    let parts = model.count as u32;
    assert!(parts < 7, "{parts} parts give as many first sentences");
    assert_eq!(sentences(&events).len(), 7, "{}", text(&events));
    let texts = model.texts();
    let is_first = |start: u32, end: u32| {
        let passage = cut(&page, start, end);
        texts.iter().any(|part| part.split("\n\n").nth(1).is_some_and(|p| p.starts_with(&passage)))
    };
    let passages = sentences(&events).into_iter().filter_map(|s| s.passage);
    assert!(passages.filter(|p| !is_first(p.start, p.end)).count() >= 7 - parts as usize);
}
