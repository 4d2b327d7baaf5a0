//! Text that nobody meant well: random characters and pathological repetition. Nothing panics, nothing takes long.

mod support;

use protocol::{
    AnswerLanguage, ChatRequest, DiffKind, Event, Job, Length, Preferences, RewriteRequest, Role, Source,
    SourceKind, SummarizeRequest, SummaryType, Tone, Turn,
};
use std::time::{Duration, Instant};
use support::{Script, run, text};

/// Splitmix64: enough chance for tests, and the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }

    /// Up to `longest` pieces of what breaks naive text code.
    fn text(&mut self, longest: usize) -> String {
        const PIECES: &[&str] = &[
            "a",
            "The",
            "boat",
            "Isbel",
            "£3,000",
            "3",
            "twenty-",
            "one",
            ".",
            "...",
            "!",
            "?",
            "\n",
            "\n\n",
            "\r\n",
            " ",
            "\u{a0}",
            "\t",
            "- ",
            "1. ",
            "•",
            "*",
            "\"",
            "“",
            "”",
            "«",
            "`",
            "'",
            "’s",
            "(",
            ")",
            ":",
            "://",
            "@",
            "/",
            "http://",
            "x@y.zz",
            "😀",
            "👩‍👩‍👧",
            "é",
            "e\u{301}",
            "漢字",
            "。",
            "！",
            "\u{202e}",
            "\u{0}",
            "\u{feff}",
            "ﬁ",
            "İ",
            "ß",
            "ǅ",
            "Σς",
            "٣",
            "¼",
            "Here is",
            "Note:",
            "Sure",
            "<|im_end|>",
            "May",
            "Dr.",
            "p.m.",
            "e.g.",
        ];
        (0..self.below(longest)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}

fn jobs(page: &str, question: &str) -> Vec<Job> {
    let source = Source {
        kind: SourceKind::Page,
        title: String::new(),
        text: page.into(),
        language: None,
        code: None,
    };
    let turns = vec![Turn { role: Role::User, text: question.into() }];
    let mut jobs = vec![
        Job::Chat(ChatRequest {
            source: Some(source.clone()),
            turns: turns.clone(),
            preferences: Preferences {
                language: Some(AnswerLanguage::Arabic),
                instructions: Some(question.into()),
            },
        }),
        Job::Chat(ChatRequest { source: None, turns, preferences: Preferences::default() }),
        Job::Rewrite(RewriteRequest {
            text: page.into(),
            tone: Tone::Proofread,
            instruction: None,
            attempt: 0,
        }),
    ];
    for summary_type in [SummaryType::KeyPoints, SummaryType::Tldr, SummaryType::Headline] {
        jobs.push(Job::Summarize(SummarizeRequest {
            source: source.clone(),
            summary_type,
            length: Length::Long,
            preferences: Preferences::default(),
        }));
    }
    jobs
}

#[test]
fn random_text_breaks_no_promise() {
    let mut chance = Chance(2);
    for number in 0..400 {
        let page = chance.text(120);
        let question = chance.text(12);
        let said = chance.text(120);
        for job in jobs(&page, &question) {
            let parameters = if number % 2 == 0 { 1 } else { u64::MAX };
            let mut model = Script { parameters, ..Script::new(&said) };
            let events = run(&mut model, &job);
            if let (Job::Rewrite(request), Some(Event::Diff(diff))) = (&job, events.iter().rev().nth(1)) {
                let side = |kind| -> String {
                    diff.parts
                        .iter()
                        .filter(|p| p.kind == kind || p.kind == DiffKind::Equal)
                        .map(|p| p.text.as_str())
                        .collect()
                };
                assert_eq!(side(DiffKind::Delete), request.text);
                assert_eq!(side(DiffKind::Insert).trim(), text(&events).trim());
                assert!(
                    diff.parts.windows(2).all(|w| w[0].kind != w[1].kind),
                    "neighbours differ: {:?}",
                    diff.parts
                );
            }
        }
    }
}

#[test]
fn how_text_is_cut_into_tokens_does_not_show() {
    let mut chance = Chance(3);
    for _ in 0..300 {
        let said = chance.text(80);
        for job in jobs("Isbel has a boat. The boat cost £3,000.", "What?") {
            let whole = {
                let mut model = Script::new("");
                model.pieces = said.chars().map(String::from).collect();
                text(&run(&mut model, &job))
            };
            let mut model = Script::new(&said);
            model.context = 4096;
            let pieces = text(&run(&mut model, &job));
            // A limit of tokens cuts them at different places.
            if said.chars().count() < 25 {
                assert_eq!(whole, pieces, "{said:?} in {job:?}");
            }
        }
    }
}

#[test]
fn huge_pages_take_seconds_not_minutes() {
    let said = "The boat is the boat. A dog ran over 12 hills. A third one came.";
    for page in [
        (0..200_000).map(|i| format!("word{} ", i % 5000)).collect::<String>(),
        "boat. ".repeat(200_000),
        "A boat\n".repeat(100_000),
        "x".repeat(1_000_000),
        ". ".repeat(400_000),
        "“".repeat(200_000) + "a",
        "J. ".repeat(200_000),
        "漢".repeat(300_000),
        "\n".repeat(500_000) + "boat",
        "a@b/c:d.e".repeat(60_000),
    ] {
        for job in jobs(&page, "What is the boat?") {
            let begun = Instant::now();
            run(&mut Script { parameters: 1, ..Script::new(said) }, &job);
            let spent = begun.elapsed();
            assert!(
                spent < Duration::from_secs(8),
                "{spent:?} for {:?}…",
                page.chars().take(20).collect::<String>()
            );
        }
    }
}

#[test]
fn models_that_never_stop_are_stopped() {
    let page = "Isbel has a boat. The boat cost £3,000.";
    for said in [
        "no ".repeat(900),
        "\n".repeat(900),
        "the same again and ".repeat(300),
        "😀".repeat(900),
        "漢字".repeat(600),
    ] {
        for job in jobs(page, "What?") {
            let shown = text(&run(&mut Script::new(&said), &job));
            assert!(
                shown.len() < 200,
                "{} bytes of {:?} in {job:?}",
                shown.len(),
                shown.chars().take(5).collect::<String>()
            );
        }
    }
}
