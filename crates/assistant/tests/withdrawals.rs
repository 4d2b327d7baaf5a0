//! Summaries that fail their own checks give way: to another one, and then to key passages; and a small model's answers, to what the page
//! says nearest to the question.

mod support;

use protocol::{
    AnswerLanguage, ChatRequest, Doubt, EndReason, Event, Instead, Job, Length, Preferences, Role, Source,
    SourceKind, SummarizeRequest, SummaryType, Turn,
};
use support::{Script, cut, last, run, sentences, text};

const PAGE: &str = "The Tern is too small\n\nThe ferry Tern carries twelve cars. The islanders asked for a larger boat in 2019. \
The council set £386,000 aside for it.\n\nThe new boat will be called the Petrel. It sails on 3 May.";
const SUPPORTED: &str = "The ferry Tern carries twelve cars. The new boat will be called the Petrel.";
const UNSUPPORTED: &str = "Whales often follow tourists around Greenland. Penguins admire their patience.";

fn source() -> Source {
    Source { kind: SourceKind::Page, title: String::new(), text: PAGE.into(), language: None, code: None }
}

fn job(summary_type: SummaryType) -> Job {
    Job::Summarize(SummarizeRequest {
        source: source(),
        summary_type,
        length: Length::Medium,
        preferences: Preferences::default(),
    })
}

/// A model that says `first` to a summary's first task, and `second` to its second one.
fn model(first: &str, second: &str) -> Script {
    let answers = vec![
        ("Write a short summary".to_owned(), first.to_owned()),
        ("What is the text above about".to_owned(), second.to_owned()),
    ];
    Script { answers, ..Script::new("") }
}

fn withdrawals(events: &[Event]) -> Vec<(Doubt, Instead)> {
    events
        .iter()
        .filter_map(
            |e| if let Event::Withdrawn { doubt, instead } = e { Some((*doubt, *instead)) } else { None },
        )
        .collect()
}

fn outcome(first: &str, second: &str) -> (Vec<(Doubt, Instead)>, String) {
    let events = run(&mut model(first, second), &job(SummaryType::Tldr));
    (withdrawals(&events), text(last(&events)))
}

#[test]
fn what_holds_stays() {
    assert_eq!(outcome(SUPPORTED, "never asked"), (vec![], SUPPORTED.into()));
}

#[test]
fn half_of_the_sentences_are_enough() {
    let half = "The new boat will be called the Petrel. Penguins admire its patience.";
    assert_eq!(outcome(half, "never asked"), (vec![], half.into()));
}

#[test]
fn what_the_page_does_not_support_gives_way_to_another_summary() {
    let (withdrawn, text) = outcome(UNSUPPORTED, SUPPORTED);
    assert_eq!(withdrawn, [(Doubt::Unsupported, Instead::Another)]);
    assert_eq!(text, SUPPORTED);
}

#[test]
fn after_two_failures_the_page_speaks() {
    let events = run(&mut model(UNSUPPORTED, UNSUPPORTED), &job(SummaryType::Tldr));
    assert_eq!(
        withdrawals(&events),
        [(Doubt::Unsupported, Instead::Another), (Doubt::Unsupported, Instead::KeyPassages)]
    );
    let shown = text(last(&events));
    let told = sentences(last(&events));
    assert_eq!(told.len(), 3, "{shown}");
    for sentence in told {
        let passage = sentence.passage.expect("its own passage");
        assert_eq!(cut(PAGE, passage.start, passage.end), cut(&shown, sentence.start, sentence.end));
    }
    assert!(matches!(events.last(), Some(Event::Done { reason: EndReason::Complete, .. })));
}

#[test]
fn key_points_have_a_third_try() {
    let events = run(&mut Script::new(UNSUPPORTED), &job(SummaryType::KeyPoints));
    let instead: Vec<Instead> = withdrawals(&events).into_iter().map(|(_, instead)| instead).collect();
    assert_eq!(instead, [Instead::Another, Instead::Another, Instead::KeyPassages]);
    assert!(text(last(&events)).starts_with("- "));
}

#[test]
fn the_page_s_own_headline_is_its_first_line() {
    let events = run(&mut Script::new("Penguins admire whales."), &job(SummaryType::Headline));
    assert_eq!(text(last(&events)), "The Tern is too small");
}

#[test]
fn a_loop_gives_way_where_less_than_half_was_said() {
    let early = "The ferry Tern carries twelve cars. The ferry Tern carries twelve cars.";
    assert_eq!(outcome(early, SUPPORTED).0, [(Doubt::Repetition, Instead::Another)]);
    let late = format!("{SUPPORTED} The ferry Tern carries twelve cars.");
    assert_eq!(outcome(&late, "never asked"), (vec![], SUPPORTED.into()), "cut, and enough was said");
}

#[test]
fn another_language_gives_way() {
    let german =
        "Die Fähre Tern nimmt zwölf Autos mit. Das neue Boot wird Petrel heißen und fährt ab dem 3. Mai.";
    assert_eq!(outcome(german, SUPPORTED).0, [(Doubt::Language, Instead::Another)]);
}

#[test]
fn nothing_at_all_gives_way() {
    assert_eq!(outcome("", SUPPORTED).0, [(Doubt::Unsupported, Instead::Another)]);
}

#[test]
fn what_the_user_stopped_stays() {
    let mut model = model(UNSUPPORTED, SUPPORTED);
    model.cancel_after = Some(20);
    let events = run(&mut model, &job(SummaryType::Tldr));
    assert_eq!(withdrawals(&events), []);
    assert!(matches!(events.last(), Some(Event::Done { reason: EndReason::Cancelled, .. })));
}

#[test]
fn a_page_in_another_language_is_told_to_the_model() {
    let german = PAGE.to_owned()
        + "\n\nDie Fähre war zu klein, deshalb haben die Bewohner der Insel ein größeres Schiff verlangt."
            .repeat(6)
            .as_str();
    let Job::Summarize(mut request) = job(SummaryType::Tldr) else { unreachable!() };
    request.source.text = german;
    let mut model = Script::new(SUPPORTED);
    run(&mut model, &Job::Summarize(request));
    let asked = &model.asked.borrow()[0].0;
    assert!(asked[1].content.ends_with(" Write in German."), "{}", asked[1].content);
}

#[test]
fn what_is_wanted_in_another_language_is_not_held_to_the_page_s_words() {
    let Job::Summarize(mut request) = job(SummaryType::Tldr) else { unreachable!() };
    request.preferences.language = Some(AnswerLanguage::German);
    let german = "Die Fähre ist zu klein geworden. Bald kommt ein neues Schiff.";
    let events = run(&mut model(german, "never asked"), &Job::Summarize(request));
    assert_eq!(withdrawals(&events), []);
    assert_eq!(text(&events), german);
}

/// What becomes of a model's answer, and what it was asked last.
fn answered(parameters: u64, question: &str, said: &str) -> (Vec<Event>, String) {
    let mut model = Script { parameters, ..Script::new(said) };
    let turns = vec![Turn { role: Role::User, text: question.into() }];
    let preferences = Preferences::default();
    let events = run(&mut model, &Job::Chat(ChatRequest { source: Some(source()), turns, preferences }));
    let asked = model.last().pop().expect("a question").content;
    (events, asked)
}

#[test]
fn a_small_model_is_told_what_the_page_says() {
    let order = "Answer from the text above, in one sentence.";
    let (_, asked) = answered(1, "How many cars does it carry?", "Twelve.");
    assert!(
        asked.ends_with(&format!(
            "Question: How many cars does it carry?\nThe text says: The ferry Tern carries twelve cars.\n{order}"
        )),
        "{asked}"
    );
    let (_, asked) = answered(u64::MAX, "How many cars does it carry?", "Twelve.");
    assert!(asked.ends_with(&format!("Question: How many cars does it carry?\n{order}")), "{asked}");
    let (_, asked) = answered(1, "Why are penguins patient?", "They wait.");
    assert!(asked.ends_with(&format!("Question: Why are penguins patient?\n{order}")), "{asked}");
}

#[test]
fn a_small_model_s_answer_without_support_gives_way_to_the_page() {
    let (events, _) = answered(1, "How many cars does it carry?", "It carries forty whales.");
    assert_eq!(withdrawals(&events), [(Doubt::Unsupported, Instead::NearestPassages)]);
    assert_eq!(text(last(&events)), "The ferry Tern carries twelve cars.");
    let told = sentences(last(&events));
    let passage = told[0].passage.as_ref().expect("its own passage");
    assert_eq!(cut(PAGE, passage.start, passage.end), "The ferry Tern carries twelve cars.");
    assert!(matches!(events.last(), Some(Event::Done { reason: EndReason::Complete, .. })));
}

#[test]
fn other_answers_stay() {
    let question = "How many cars does it carry?";
    let withdrawn = |parameters, question, said| withdrawals(&answered(parameters, question, said).0);
    assert_eq!(withdrawn(1, question, "The text says: The ferry Tern carries twelve cars."), []);
    assert_eq!(withdrawn(u64::MAX, question, "It carries forty whales."), [], "a larger model paraphrases");
    assert_eq!(withdrawn(1, "Why are penguins patient?", "They wait."), [], "the page says nothing");
    assert_eq!(withdrawn(1, question, "Twelve cars."), [], "too short to be a copy, and the page has it");
    assert_eq!(withdrawn(1, question, "Die Fähre ist viel zu klein, und niemand weiß, was wird."), []);
    let (events, _) = answered(1, question, "The text says: The ferry Tern carries twelve cars.");
    assert_eq!(text(&events), "The ferry Tern carries twelve cars.", "what is announced is shown");
}
