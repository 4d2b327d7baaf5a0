//! The language and the standing instructions that the user has chosen.

mod support;

use protocol::{
    AnswerLanguage, ChatRequest, ErrorCode, Event, Job, Length, Preferences, Role, Source, SourceKind,
    SummarizeRequest, SummaryType, Turn,
};
use support::{Script, run, sentences, text};

const FERRY: &str = include_str!("corpus/ferry.txt");
const SHORT_WORDS: &str = "Use short words.";

fn source(text: &str) -> Source {
    Source { kind: SourceKind::Page, title: "Page".into(), text: text.into(), language: None, code: None }
}

fn summarize(text: &str, summary_type: SummaryType, preferences: Preferences) -> Job {
    Job::Summarize(SummarizeRequest {
        source: source(text),
        summary_type,
        length: Length::Short,
        preferences,
    })
}

fn ask(page: Option<&str>, turns: &[&str], preferences: Preferences) -> Job {
    let turn = |(at, text): (usize, &&str)| Turn {
        role: if at % 2 == 0 { Role::User } else { Role::Assistant },
        text: (*text).into(),
    };
    let turns = turns.iter().enumerate().map(turn).collect();
    Job::Chat(ChatRequest { source: page.map(source), turns, preferences })
}

fn german() -> Preferences {
    Preferences { language: Some(AnswerLanguage::German), instructions: None }
}

fn both() -> Preferences {
    Preferences { language: Some(AnswerLanguage::German), instructions: Some(format!(" {SHORT_WORDS}\n")) }
}

/// What the model is told of `job`, turn by turn.
fn told(job: &Job) -> Vec<String> {
    let mut model = Script::new("The Petrel.");
    run(&mut model, job);
    // First: a summary that the page does not support is asked for in other words.
    model.asked.borrow()[0].0.clone().into_iter().map(|message| message.content).collect()
}

#[test]
fn without_them_the_model_is_told_what_it_always_was() {
    let page = FERRY.trim();
    let system = "You are a helpful assistant.";
    let nothing = [
        Preferences::default(),
        Preferences { language: None, instructions: Some(String::new()) },
        Preferences { language: None, instructions: Some(" \n".into()) },
    ];
    for none in nothing {
        assert_eq!(
            told(&summarize(FERRY, SummaryType::Tldr, none.clone())),
            [
                system.to_owned(),
                format!("{page}\n\nWrite a short summary of the text above in one sentence.")
            ]
        );
        assert_eq!(
            told(&ask(Some(FERRY), &["Who? ", "Isbel.", "Why?"], none.clone())),
            [
                system.to_owned(),
                format!("{page}\n\nQuestion: Who?\nAnswer from the text above, in one sentence."),
                "Isbel.".to_owned(),
                "Question: Why?\nAnswer from the text above, in one sentence.".to_owned(),
            ]
        );
        assert_eq!(told(&ask(None, &[" Hello "], none)), [system, "Hello"]);
    }
}

#[test]
fn they_stand_behind_the_page_and_the_page_begins_as_ever() {
    let page = FERRY.trim();
    assert_eq!(
        told(&summarize(FERRY, SummaryType::Tldr, both()))[1],
        format!(
            "{page}\n\n{SHORT_WORDS}\n\nWrite a short summary of the text above in one sentence. Write in German."
        )
    );
    assert_eq!(
        told(&ask(Some(FERRY), &["Who?", "Isbel.", "Why?"], both()))[1..],
        [
            format!(
                "{page}\n\n{SHORT_WORDS}\n\nQuestion: Who?\nAnswer from the text above, in one sentence, in German."
            ),
            "Isbel.".to_owned(),
            "Question: Why?\nAnswer from the text above, in one sentence, in German.".to_owned(),
        ],
        "the instructions once, the language with every question"
    );
    assert_eq!(told(&ask(None, &["Hello"], both()))[1], format!("{SHORT_WORDS}\n\nHello\nAnswer in German."));
    assert_eq!(told(&ask(None, &["Hello"], german()))[1], "Hello\nAnswer in German.");
}

#[test]
fn a_follow_up_repeats_the_first_question_as_it_was() {
    let first = told(&ask(Some(FERRY), &["Who?"], both()));
    let second = told(&ask(Some(FERRY), &["Who?", "Isbel.", "Why?"], both()));
    assert_eq!(first[..], second[..2]);
}

#[test]
fn instructions_have_an_end() {
    let long = |units: usize| Preferences { language: None, instructions: Some("x".repeat(units)) };
    for job in [
        summarize(FERRY, SummaryType::Tldr, long(501)),
        ask(Some(FERRY), &["Who?"], long(501)),
        ask(None, &["Who?"], long(501)),
    ] {
        let mut model = Script::new("x");
        let events = run(&mut model, &job);
        assert!(matches!(events.last(), Some(Event::Failed { code: ErrorCode::BadRequest, .. })));
        assert!(model.asked.borrow().is_empty());
    }
    assert_eq!(text(&run(&mut Script::new("Yes."), &ask(None, &["Who?"], long(500)))), "Yes.");
}

#[test]
fn when_old_turns_go_the_instructions_stay() {
    let filler = "word ".repeat(120);
    let turns = [filler.as_str(), "Yes.", filler.as_str(), "Yes.", "Who?"];
    let mut model = Script::new("x");
    model.context = 512;
    run(&mut model, &ask(None, &turns, both()));
    let said = model.last();
    assert!(said.len() < 6, "some turn went");
    assert!(said[1].content.starts_with(SHORT_WORDS));
}

/// A page that is read in parts, and what is noted of each.
fn long_page() -> String {
    (0..40)
        .map(|i| {
            format!(
                "Number {i} of the lamps along the harbour wall was lit by keeper {i}. {}",
                "It burned. ".repeat(20)
            )
        })
        .collect::<Vec<_>>()
        .join("\n\n")
}

#[test]
fn the_notes_of_a_long_page_are_in_the_pages_own_words_and_a_headline_is_asked_for_in_the_language() {
    let page = long_page();
    let mut model = Script::new("- The lamps along the harbour wall were lit.\n");
    let events = run(&mut model, &summarize(&page, SummaryType::Headline, both()));
    let asked: Vec<String> = model.asked.borrow().iter().map(|(said, _)| said[1].content.clone()).collect();
    let (written, noted) = asked.split_last().expect("it was asked");
    assert!(noted.len() > 1, "in parts");
    for prompt in noted {
        assert!(prompt.ends_with("\n\nWrite the main facts of each paragraph above as a bullet list."));
        assert!(!prompt.contains(SHORT_WORDS));
    }
    assert!(written.ends_with(&format!(
        "\n\n{SHORT_WORDS}\n\nWrite one line of at most 12 words that says what the text above is about. Write in German."
    )));
    assert!(sentences(&events).iter().all(|sentence| sentence.passage.is_some()));
}

#[test]
fn what_a_long_pages_headline_says_in_another_language_is_not_shown_unsupported() {
    let page = long_page();
    let mut model = Script::new("- Number 3 of the lamps along the harbour wall was lit by keeper 3.\n");
    model.answers = vec![("Write one line".into(), "Der Hafen leuchtet wieder.".into())];
    let events = run(&mut model, &summarize(&page, SummaryType::Headline, german()));
    assert!(text(&events).contains("lamps along the harbour wall"), "a note stands in: {}", text(&events));
    assert!(!text(&events).contains("Hafen"));
}
