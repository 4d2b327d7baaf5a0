//! How good the summaries of SmolLM2-135M are, by what it said once: `tests/quality/README.md` says how that was recorded.

mod support;

use assistant::quality::{Summary, Sums};
use protocol::{Event, Flag, Job, Length, Preferences, Source, SourceKind, SummarizeRequest, SummaryType};
use std::{collections::BTreeMap, fs};
use support::{cut, last, run, sentences};
use text::{Cancel, Finish, Flow, Generate, GenerateError, Message, Options, Outcome, Progress};

const SET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/quality");

/// Says what was recorded, to each task in turn.
struct Replay {
    said: Vec<Said>,
    asked: usize,
}

#[derive(Clone)]
struct Said {
    task: String,
    text: String,
    ended: bool,
}

impl Generate for Replay {
    fn count_tokens(&self, text: &str) -> u32 {
        text.len().div_ceil(4) as u32
    }

    fn parameters(&self) -> u64 {
        134_515_008
    }

    fn context_tokens(&self) -> u32 {
        1 << 16
    }

    async fn generate(
        &mut self,
        messages: &[Message],
        _: &Options,
        _: &Cancel,
        listener: &mut dyn FnMut(Progress<'_>) -> Flow,
    ) -> Result<Outcome, GenerateError> {
        let Said { task, text, ended } = self.said[self.asked].clone();
        self.asked += 1;
        let prompt = &messages.last().expect("a task").content;
        assert!(prompt.ends_with(&format!("\n{task}")), "not recorded, so record anew: {prompt}");
        let mut finish = if ended { Finish::Stop } else { Finish::Length };
        for character in text.chars() {
            if listener(Progress::Text(character.encode_utf8(&mut [0; 4]))) == Flow::Stop {
                finish = Finish::Listener;
                break;
            }
        }
        Ok(Outcome {
            finish,
            prompt_tokens: 1,
            reused_tokens: 0,
            generated_tokens: 1,
            first_token_seconds: 0.0,
            decode_seconds: 0.0,
        })
    }
}

/// One summary as it would be shown.
struct Shown {
    document: String,
    summary_type: SummaryType,
    summary: Summary,
    flags: Vec<Flag>,
}

/// Every summary that was recorded, done again with the assistant as it is.
fn summaries() -> Vec<Shown> {
    let record = fs::read_to_string(format!("{SET}/recorded/smollm2-135m-instruct.jsonl")).expect("record");
    record.lines().map(|line| shown(&serde_json::from_str(line).expect("JSON"))).collect()
}

fn shown(record: &serde_json::Value) -> Shown {
    let word = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
    let document = word(&record["document"]);
    let text = fs::read_to_string(format!("{SET}/documents/{document}.txt")).expect("document");
    let source = Source { kind: SourceKind::Page, title: String::new(), text, language: None, code: None };
    let summary_type: SummaryType = serde_json::from_value(record["summaryType"].clone()).expect("a type");
    let length: Length = serde_json::from_value(record["length"].clone()).expect("a length");
    let request = SummarizeRequest { source, summary_type, length, preferences: Preferences::default() };
    let said = record["said"].as_array().expect("answers").iter().map(|said| Said {
        task: word(&said["task"]),
        text: word(&said["text"]),
        ended: said["ended"].as_bool().expect("whether it ended"),
    });
    let mut model = Replay { said: said.collect(), asked: 0 };
    let events = run(&mut model, &Job::Summarize(request.clone()));
    assert!(matches!(events.last(), Some(Event::Done { .. })), "{document}");
    let flags = sentences(last(&events)).into_iter().flat_map(|sentence| sentence.flags).collect();
    Shown { document, summary_type, summary: Summary::of(&request, &events), flags }
}

/// What of the recorded texts their documents lack, by reading: numbers, dates and names that must be flagged, and
/// other words, of which it does not matter.
struct Facts {
    invented: BTreeMap<String, Vec<String>>,
    made_up: BTreeMap<String, Vec<String>>,
}

impl Facts {
    fn read() -> Self {
        let mut facts = Self { invented: BTreeMap::new(), made_up: BTreeMap::new() };
        for line in fs::read_to_string(format!("{SET}/recorded/facts.txt")).expect("facts").lines() {
            let (document, rest) = line.split_once(": ").expect("a document");
            let (list, items) = match rest.split_once(": ").expect("a kind") {
                ("invented", items) => (&mut facts.invented, items),
                ("made up", items) => (&mut facts.made_up, items),
                (kind, _) => panic!("unknown kind {kind}"),
            };
            list.insert(document.to_owned(), items.split(" | ").map(str::to_owned).collect());
        }
        facts
    }
}

/// Where `item` stands in `text` as a word of its own, in UTF-16 units.
fn places(text: &str, item: &str) -> Vec<(u32, u32)> {
    let units = |text: &str| text.encode_utf16().count() as u32;
    let goes_on = |rest: &str| {
        let mut next = rest.chars();
        match (item.chars().next_back(), next.next()) {
            (Some('0'..='9'), Some('.' | ',' | ':')) => next.next().is_some_and(|c| c.is_ascii_digit()),
            (Some('0'..='9'), Some(c)) => c.is_ascii_digit(),
            // Words of Japanese have no spaces between them.
            (Some(last), Some(c)) => (last as u32) < 0x2E80 && c.is_alphabetic(),
            _ => false,
        }
    };
    let found = text.match_indices(item).filter(|(at, _)| !goes_on(&text[at + item.len()..]));
    found.map(|(at, _)| (units(&text[..at]), units(&text[..at]) + units(item))).collect()
}

/// How many words of `text` have a digit, or a capital and stand in a sentence: about as many facts as there are to flag.
fn count_facts(document: &str, text: &str) -> usize {
    // Every noun of German has a capital, and no word of Japanese.
    let has_capitals = !document.starts_with("de") && !document.starts_with("ja");
    let mut begins = true;
    let mut count = 0;
    for word in text.split_whitespace() {
        let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let capital = has_capitals && !begins && bare.starts_with(char::is_uppercase);
        let digits = bare
            .split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ':'))
            .filter(|part| part.contains(|c: char| c.is_ascii_digit()));
        count += digits.count().max(usize::from(capital));
        begins = word.ends_with(['.', '!', '?', ':']) || word == "-";
    }
    count
}

#[test]
fn summaries_keep_their_figures() {
    let facts = Facts::read();
    let none = Vec::new();
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    let (mut unflagged, mut mistaken, mut supported) = (Vec::new(), Vec::new(), 0);
    for Shown { document, summary_type, summary, flags } in summaries() {
        for key in [format!("{summary_type:?}"), document[..2].to_owned(), "~ all".to_owned()] {
            sums.entry(key).or_default().add(&summary);
        }
        let text = &summary.text;
        let invented = facts.invented.get(&document).unwrap_or(&none);
        let made_up = facts.made_up.get(&document).unwrap_or(&none);
        let lacking: Vec<(u32, u32)> = invented.iter().flat_map(|item| places(text, item)).collect();
        let overlap = |flag: &Flag, (start, end): (u32, u32)| flag.start < end && start < flag.end;
        for &place in &lacking {
            if !flags.iter().any(|flag| overlap(flag, place)) {
                unflagged.push(format!("{document}: {} in {text}", cut(text, place.0, place.1)));
            }
        }
        let words: Vec<(u32, u32)> = made_up.iter().flat_map(|item| places(text, item)).collect();
        for flag in &flags {
            if !lacking.iter().chain(&words).any(|&place| overlap(flag, place)) {
                mistaken.push(format!("{document}: {} in {text}", flag.text));
            }
        }
        if summary.own_words {
            supported += count_facts(&document, text).saturating_sub(lacking.len());
        }
    }
    println!("{:<12}{}", "", Sums::HEADER);
    for (key, sums) in &sums {
        println!("{key:<12}{sums}");
    }
    println!("shown unflagged: {unflagged:#?}");
    println!("flagged by mistake, of {supported} supported facts: {mistaken:#?}");
    let all = &sums["~ all"];
    assert_eq!(all.summaries, 288, "24 documents in 12 shapes");
    assert_eq!(unflagged.len(), 0, "an invention is shown without a flag");
    assert!(20 * mistaken.len() <= supported, "more than 5% are flagged by mistake");
    assert_eq!(all.loops, 0);
    assert!(100 * all.own_words >= 70 * all.summaries, "own words: {}", all.own_words);
    assert!(100 * all.language_matches >= 92 * all.summaries, "language: {}", all.language_matches);
}
