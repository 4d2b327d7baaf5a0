//! The three jobs from request to last event.

mod support;

use protocol::{
    ChatRequest, DiffKind, EndReason, ErrorCode, Event, Job, Length, Preferences, RewriteRequest, Role,
    Source, SourceKind, SummarizeRequest, SummaryType, Tone, Turn,
};
use support::{Script, cut, run, sentences, text};
use text::GenerateError;

const FERRY: &str = include_str!("corpus/ferry.txt");

fn source(text: &str) -> Source {
    Source { kind: SourceKind::Page, title: "Page".into(), text: text.into(), language: None, code: None }
}

fn summarize(text: &str, summary_type: SummaryType, length: Length) -> Job {
    Job::Summarize(SummarizeRequest {
        source: source(text),
        summary_type,
        length,
        preferences: Preferences::default(),
    })
}

fn ask(text: &str, questions: &[&str]) -> Job {
    let turns = questions
        .iter()
        .enumerate()
        .map(|(i, q)| Turn { role: if i % 2 == 0 { Role::User } else { Role::Assistant }, text: (*q).into() })
        .collect();
    Job::Chat(ChatRequest { source: Some(source(text)), turns, preferences: Preferences::default() })
}

fn rewrite(text: &str, tone: Tone) -> Job {
    Job::Rewrite(RewriteRequest { text: text.into(), tone, instruction: None, attempt: 0 })
}

fn reason(events: &[Event]) -> EndReason {
    match events.last() {
        Some(Event::Done { reason, .. }) => *reason,
        other => panic!("not done: {other:?}"),
    }
}

fn failure(events: &[Event]) -> (ErrorCode, String) {
    match events.last() {
        Some(Event::Failed { code, message }) => (*code, message.clone()),
        other => panic!("not failed: {other:?}"),
    }
}

#[test]
fn key_points_stream_as_bullets_with_their_passages() {
    let mut model = Script::new(
        "Here are the key points:\n\n1. The Tern carries twelve cars and ninety-eight passengers.\n2. The council says fuel and repairs cost £386,000.\n3. The Petrel starts carrying passengers on 3 May.\n4. More",
    );
    let events = run(&mut model, &summarize(FERRY, SummaryType::KeyPoints, Length::Short));
    assert_eq!(
        text(&events),
        "- The Tern carries twelve cars and ninety-eight passengers.\n- The council says fuel and repairs cost £386,000.\n- The Petrel starts carrying passengers on 3 May."
    );
    assert_eq!(reason(&events), EndReason::Complete);
    let passages: Vec<String> = sentences(&events)
        .iter()
        .map(|s| s.passage.as_ref().map(|p| cut(FERRY, p.start, p.end)).expect("supported"))
        .collect();
    assert!(passages[0].starts_with("The Tern carries twelve cars"), "{passages:?}");
    assert!(passages[1].contains("£386,000"), "{passages:?}");
    assert!(passages[2].contains("3 May"), "{passages:?}");
    assert!(events.iter().filter(|e| matches!(e, Event::Text { .. })).count() > 10, "text streams");
}

#[test]
fn an_answer_links_to_the_last_paragraph() {
    let mut model = Script::new("The new boat will be called the Petrel.");
    let events = run(&mut model, &ask(FERRY, &["What will the new boat be called?"]));
    let found = sentences(&events);
    let passage = found[0].passage.as_ref().expect("supported");
    assert!(cut(FERRY, passage.start, passage.end).starts_with("The new boat will be called the Petrel"));
    assert!(found[0].flags.is_empty());
}

#[test]
fn summary_question_and_follow_up_begin_alike() {
    let mut model = Script::new("The new boat will be called the Petrel.");
    run(&mut model, &summarize(FERRY, SummaryType::KeyPoints, Length::Short));
    run(&mut model, &summarize(FERRY, SummaryType::Headline, Length::Long));
    run(&mut model, &ask(FERRY, &["Who?"]));
    run(&mut model, &ask(FERRY, &["Who?", "Isbel Moar.", "Why?"]));
    let asked = model.asked.borrow();
    let page = FERRY.trim();
    for (messages, _) in asked.iter() {
        assert_eq!(messages[0], asked[0].0[0], "the same system message");
        assert_eq!(messages[1].role, text::Role::User);
        assert!(messages[1].content.starts_with(page), "the page comes first");
        assert!(messages[1].content[page.len()..].starts_with("\n\n"), "the task comes after it");
    }
    assert_eq!(asked[2].0[..2], asked[3].0[..2], "the follow-up repeats the first question as it was");
}

#[test]
fn a_rewrite_ends_with_its_diff() {
    let original = "  hi, can you fix the heating in room 4? its freezing\n";
    let mut model = Script::new(
        "\"Hello, can you fix the heating in room 4? It is freezing.\"\n\nNote: I made it formal.",
    );
    let events = run(&mut model, &rewrite(original, Tone::MoreFormal));
    let Some(Event::Diff(diff)) = events.iter().rev().nth(1) else { panic!("no diff: {events:?}") };
    let joined = |kind| {
        diff.parts
            .iter()
            .filter(|p| p.kind == DiffKind::Equal || p.kind == kind)
            .map(|p| p.text.as_str())
            .collect::<String>()
    };
    assert_eq!(joined(DiffKind::Delete), original);
    assert_eq!(joined(DiffKind::Insert), "  Hello, can you fix the heating in room 4? It is freezing.\n");
    assert!(diff.flags.is_empty(), "{:?}", diff.flags);
}

#[test]
fn a_partial_rewrite_has_no_diff() {
    let mut model = Script::new(&"A wholly new thought number 7 comes. ".repeat(2).replace('7', "x"));
    model.cancel_after = Some(4);
    let events = run(&mut model, &rewrite("Some text to change.", Tone::AsIs));
    assert_eq!(reason(&events), EndReason::Cancelled);
    assert!(!events.iter().any(|e| matches!(e, Event::Diff(_))));
}

#[test]
fn repetition_ends_the_text_before_it_shows() {
    let looped = "The islanders have switched to a new boat. They have been waiting for a long time. The islanders have switched to a new boat. They have been waiting for a long time.";
    let events = run(&mut Script::new(looped), &ask(FERRY, &["Why?"]));
    assert_eq!(reason(&events), EndReason::Repetition);
    assert_eq!(
        text(&events),
        "The islanders have switched to a new boat. They have been waiting for a long time."
    );
}

#[test]
fn the_allowance_ends_a_text() {
    let events = run(&mut Script::new(&words(900)), &ask(FERRY, &["Why?"]));
    assert_eq!(reason(&events), EndReason::Length);
    assert_eq!(sentences(&events).len(), 1, "the broken sentence is told too");
}

#[test]
fn empty_sources_fail_before_the_model_is_asked() {
    let mut model = Script::new("x");
    let mut selection = source(" \n\u{a0}—");
    selection.kind = SourceKind::Selection;
    let selection = SummarizeRequest {
        source: selection,
        summary_type: SummaryType::Tldr,
        length: Length::Short,
        preferences: Preferences::default(),
    };
    for (job, code) in [
        (summarize("", SummaryType::Tldr, Length::Short), ErrorCode::EmptyPage),
        (Job::Summarize(selection), ErrorCode::EmptySelection),
        (ask(" ", &["Who?"]), ErrorCode::EmptyPage),
        (ask(FERRY, &["  "]), ErrorCode::BadRequest),
        (ask(FERRY, &[]), ErrorCode::BadRequest),
        (ask(FERRY, &["Who?", "Isbel."]), ErrorCode::BadRequest),
        (rewrite("\n \t", Tone::Shorter), ErrorCode::EmptySelection),
    ] {
        let (found, message) = failure(&run(&mut model, &job));
        assert_eq!(found, code, "{message}");
        assert!(message.ends_with('.'), "a sentence: {message}");
    }
    assert!(model.asked.borrow().is_empty());
}

#[test]
fn the_models_failures_keep_their_kind() {
    for (error, code) in [
        (GenerateError::ContextFull { prompt: 9, context: 8 }, ErrorCode::ContextFull),
        (GenerateError::DeviceLost("reset".into()), ErrorCode::GpuLost),
        (GenerateError::OutOfMemory("32 MB".into()), ErrorCode::OutOfMemory),
    ] {
        let mut model = Script::new("The Tern carries");
        model.error = Some(error);
        let events = run(&mut model, &summarize(FERRY, SummaryType::Tldr, Length::Short));
        assert_eq!(failure(&events).0, code);
    }
}

#[test]
fn a_question_picks_its_paragraphs_from_a_long_page() {
    let filler = FERRY.replace("Petrel", "boat").repeat(8);
    let page = format!("{filler}\n\nThe bakery on Hallay sells rhubarb buns on Fridays.\n\n{filler}");
    let mut model = Script::new("On Fridays.");
    let events = run(&mut model, &ask(&page, &["When does the bakery sell rhubarb buns?"]));
    assert!(matches!(events[0], Event::Context { .. }));
    assert!(model.last()[1].content.contains("rhubarb buns on Fridays"));
    let found = sentences(&events);
    let passage = found[0].passage.as_ref().expect("supported");
    assert!(cut(&page, passage.start, passage.end).contains("rhubarb"));
}

#[test]
fn a_context_too_small_for_anything_is_said() {
    let mut model = Script::new("Yes.");
    model.context = 64;
    for job in [
        summarize(FERRY, SummaryType::Tldr, Length::Short),
        ask(FERRY, &["Who?"]),
        rewrite(FERRY, Tone::Shorter),
    ] {
        assert_eq!(failure(&run(&mut model, &job)).0, ErrorCode::ContextFull);
    }
    assert!(model.asked.borrow().is_empty());
}

#[test]
fn old_turns_give_way_when_a_conversation_grows_too_long() {
    let mut turns = Vec::new();
    for i in 0..40 {
        turns.push(format!("Question number {i}: {}?", words(20)));
        turns.push(format!("Answer number {i}: {}.", words(40)));
    }
    turns.push("What will the new boat be called?".to_owned());
    let turns: Vec<&str> = turns.iter().map(String::as_str).collect();
    let mut model = Script::new("The Petrel.");
    let events = run(&mut model, &ask(FERRY, &turns));
    assert_eq!(reason(&events), EndReason::Complete);
    let asked = model.last();
    assert!(asked[1].content.starts_with(FERRY.trim()), "the page stays whole");
    assert!(asked.len() < 82 && asked.last().is_some_and(|m| m.content.contains("new boat be called")));
}

/// `count` different words.
fn words(count: usize) -> String {
    (0..count).map(|i| format!("w{i}")).collect::<Vec<_>>().join(" ")
}
