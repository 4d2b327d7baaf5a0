//! What a page of 200,000 words costs. Alone in its file, because it counts the memory of the whole process.

#[path = "support/reader.rs"]
mod reader;
mod support;

use peak_alloc::PeakAlloc;
use protocol::{
    ChatRequest, EndReason, Event, Job, Length, Preferences, Role, Source, SourceKind, SummarizeRequest,
    SummaryType, Turn,
};
use reader::{Reader, first_two, page};
use std::time::{Duration, Instant};
use support::run;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[test]
fn two_hundred_thousand_words_take_bounded_time_and_memory() {
    let page = page(1050);
    let count = page.split_whitespace().count();
    assert!(count >= 200_000, "{count} words");
    let mut model = first_two();
    model.context = 4096;
    // What the test itself keeps is not the assistant's.
    model.keeps = false;
    let source = Source {
        kind: SourceKind::Page,
        title: "Page".into(),
        text: page.clone(),
        language: None,
        code: None,
    };
    let job = Job::Summarize(SummarizeRequest {
        source: source.clone(),
        summary_type: SummaryType::KeyPoints,
        length: Length::Short,
        preferences: Preferences::default(),
    });
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let begun = Instant::now();
    let events = run(&mut model, &job);
    let took = begun.elapsed();
    let peak = MEMORY.peak_usage() - before;
    assert!(matches!(events.last(), Some(Event::Done { reason: EndReason::Complete, .. })));
    println!(
        "summary: {count} words in {} kB, {} parts, {took:?}, {} kB at the peak",
        page.len() / 1000,
        model.count,
        peak / 1000
    );
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(peak < 4 * page.len(), "{peak} bytes for a page of {}", page.len());

    let turns = vec![Turn { role: Role::User, text: "Who trimmed wick500x7?".into() }];
    let job = Job::Chat(ChatRequest { source: Some(source), turns, preferences: Preferences::default() });
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let begun = Instant::now();
    let mut model = Reader::new(|_, _| Ok("Keeper500x7.".into()));
    let events = run(&mut model, &job);
    let took = begun.elapsed();
    let peak = MEMORY.peak_usage() - before;
    assert!(model.texts()[0].contains("wick500x7 "));
    assert!(matches!(events[0], Event::Context { .. }));
    println!("question: {took:?}, {} kB at the peak", peak / 1000);
    assert!(took < Duration::from_secs(20), "{took:?}");
}
