//! How often a sentence is linked to what supports it, on the set of `tests/quality`: its README has the labels' rules.

mod support;

use protocol::{
    ChatRequest, Job, Length, Preferences, Role, Source, SourceKind, SummarizeRequest, SummaryType, Turn,
};
use std::{collections::BTreeMap, fs, ops::Range};
use support::{Script, run, sentences, text};

const SET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/quality");

#[derive(Clone, Copy)]
struct Set {
    file: &'static str,
    /// Values in the weights of the model that wrote them.
    parameters: u64,
}

/// Sentences as models of up to 1B write them, by hand, many of them to mislead.
const WRITTEN: Set = Set { file: "pairs.txt", parameters: 1_000_000_000 };
/// Sentences of SmolLM2-135M.
const GENERATED: Set = Set { file: "generated.txt", parameters: 134_515_008 };

struct Document {
    set: Set,
    /// Begins with its language.
    name: String,
    half: String,
    text: String,
    pairs: Vec<Pair>,
}

struct Pair {
    supported: bool,
    kind: String,
    question: Option<String>,
    sentence: String,
    /// Quotes from the document.
    passages: Vec<String>,
    why: Option<String>,
}

/// How the method does on some documents, in pairs.
#[derive(Debug, Default)]
struct Tally {
    supported: u32,
    unsupported: u32,
    /// Supported, and linked to a passage that supports them.
    right: u32,
    /// Supported, and linked elsewhere.
    astray: u32,
    /// Unsupported, and linked all the same.
    misled: u32,
}

/// Every document of a set with its pairs.
fn documents(set: Set) -> Vec<Document> {
    let pairs = fs::read_to_string(format!("{SET}/{}", set.file)).expect(set.file);
    let mut documents: Vec<Document> = Vec::new();
    for block in pairs.trim_end().split("\n\n") {
        let fields: Vec<(&str, &str)> =
            block.lines().map(|l| l.split_once(": ").unwrap_or_else(|| panic!("no key in {l:?}"))).collect();
        match fields[..] {
            [("document", name), ("half", half)] => documents.push(Document {
                set,
                name: name.into(),
                half: half.into(),
                text: document(name),
                pairs: Vec::new(),
            }),
            [(label @ ("supported" | "unsupported"), kind), ..] => {
                let pair = pair(label == "supported", kind, &fields[1..]);
                documents.last_mut().expect("a document comes first").pairs.push(pair);
            }
            _ => panic!("neither document nor pair: {block}"),
        }
    }
    documents
}

/// `LANGUAGE-pages/NAME` is a page of `tests/pages`.
fn document(name: &str) -> String {
    match name.split_once("-pages/") {
        Some((_, page)) => {
            let text = fs::read_to_string(format!("{SET}/../pages/{page}/expected.txt")).expect(name);
            text.lines().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
        }
        None => fs::read_to_string(format!("{SET}/documents/{name}.txt")).expect(name),
    }
}

fn pair(supported: bool, kind: &str, fields: &[(&str, &str)]) -> Pair {
    let mut pair = Pair {
        supported,
        kind: kind.into(),
        question: None,
        sentence: String::new(),
        passages: Vec::new(),
        why: None,
    };
    for &(key, value) in fields {
        match key {
            "question" => pair.question = Some(value.into()),
            "sentence" => pair.sentence = value.into(),
            "passage" => pair.passages.push(value.into()),
            "why" => pair.why = Some(value.into()),
            _ => panic!("unknown key {key}"),
        }
    }
    assert!(!pair.sentence.is_empty(), "{fields:?}");
    pair
}

/// UTF-16 units of `text` where `quote` stands.
fn place(text: &str, quote: &str) -> Range<u32> {
    let units = |text: &str| text.encode_utf16().count() as u32;
    let start = units(&text[..text.find(quote).expect("quoted from the text")]);
    start..start + units(quote)
}

/// Where a surface would link the pair's sentence to. Several places, if the assistant takes it for several sentences.
fn links(document: &Document, pair: &Pair) -> Vec<Range<u32>> {
    let source = Source {
        kind: SourceKind::Page,
        title: String::new(),
        text: document.text.clone(),
        language: None,
        code: None,
    };
    let job = match &pair.question {
        Some(question) => Job::Chat(ChatRequest {
            source: Some(source),
            turns: vec![Turn { role: Role::User, text: question.clone() }],
            preferences: Preferences::default(),
        }),
        None => Job::Summarize(SummarizeRequest {
            source,
            summary_type: SummaryType::Tldr,
            length: Length::Long,
            preferences: Preferences::default(),
        }),
    };
    let mut model = Script {
        pieces: vec![pair.sentence.clone()],
        context: 1 << 16,
        parameters: document.set.parameters,
        ..Script::new("")
    };
    let events = run(&mut model, &job);
    let shown = text(&events);
    assert!(pair.sentence.contains(&shown), "all but an announcement is shown: {shown}");
    assert!(!pair.supported || !shown.is_empty(), "{}", pair.sentence);
    sentences(&events).into_iter().filter_map(|s| s.passage).map(|p| p.start..p.end).collect()
}

/// Measures the present method; with `singles`, prints what it gets wrong.
fn measure<'a>(documents: impl Iterator<Item = &'a Document>, singles: bool) -> Tally {
    let mut tally = Tally::default();
    for document in documents {
        for pair in &document.pairs {
            let links = links(document, pair);
            let right: Vec<Range<u32>> = pair.passages.iter().map(|q| place(&document.text, q)).collect();
            // Each link must be right, where there are several.
            let supports = |link: &Range<u32>| right.iter().any(|r| r.start < link.end && link.start < r.end);
            let outcome = match (pair.supported, links.is_empty()) {
                (true, true) => "not linked",
                (true, false) if links.iter().all(supports) => {
                    tally.right += 1;
                    ""
                }
                (true, false) => {
                    tally.astray += 1;
                    "linked elsewhere"
                }
                (false, false) => {
                    tally.misled += 1;
                    "linked"
                }
                (false, true) => "",
            };
            *(if pair.supported { &mut tally.supported } else { &mut tally.unsupported }) += 1;
            if singles && !outcome.is_empty() {
                let label = if pair.supported { "supported" } else { "unsupported" };
                println!("{}, {label} ({}), {outcome}: {}", document.name, pair.kind, pair.sentence);
            }
        }
    }
    tally
}

#[test]
fn every_quote_stands_once_in_its_document() {
    for document in [WRITTEN, GENERATED].into_iter().flat_map(documents) {
        for pair in &document.pairs {
            assert_eq!(pair.supported, !pair.passages.is_empty(), "{}", pair.sentence);
            assert!(pair.supported || pair.why.is_some(), "no reason: {}", pair.sentence);
            for quote in &pair.passages {
                let count = document.text.matches(quote.as_str()).count();
                assert_eq!(count, 1, "{}: {quote}", document.name);
            }
        }
    }
}

#[test]
fn every_document_is_in_one_half_and_most_pairs_are_no_copies() {
    let documents = documents(WRITTEN);
    let names: BTreeMap<&str, ()> = documents.iter().map(|d| (d.name.as_str(), ())).collect();
    assert_eq!(documents.len(), names.len(), "a document is in one half");
    let own = |d: &Document| !d.name.contains('/') && !names.contains_key(d.name.as_str());
    let others = self::documents(GENERATED).iter().filter(|d| own(d)).count();
    let files = fs::read_dir(format!("{SET}/documents")).expect("documents").count();
    assert_eq!(files, documents.len() + others, "each has its pairs");
    let of = |half: &'static str| documents.iter().filter(move |d| d.half == half);
    let pairs =
        |half, supported| of(half).flat_map(|d| &d.pairs).filter(|p| p.supported == supported).count();
    let languages =
        |half| ["en", "de", "es", "fr", "ja"].map(|l| of(half).filter(|d| d.name.starts_with(l)).count());
    assert_eq!((pairs("tuning", true), pairs("tuning", false)), (128, 72));
    assert_eq!(languages("tuning"), [8, 4, 4, 4, 4]);
    assert_eq!((pairs("final", true), pairs("final", false)), (64, 36));
    assert_eq!(languages("final"), [4, 2, 2, 2, 2]);
    let copies = of("tuning").flat_map(|d| &d.pairs).filter(|p| p.kind == "copy").count();
    assert!(2 * copies < pairs("tuning", true), "most are no copies");
}

/// Prints the figures in both readings of "links right": among all links, and among those of supported sentences.
fn report(tally: &Tally) {
    let Tally { supported, unsupported, right, astray, misled } = *tally;
    println!("linked {right} of {supported} supported to what supports them, {astray} elsewhere;");
    println!(
        "{right} of {} links right, {right} of {} of supported sentences;",
        right + astray + misled,
        right + astray
    );
    println!("{} of {unsupported} unsupported left without a link", unsupported - misled);
}

/// Measures and reports one half of a set; with `singles`, prints what it gets wrong.
fn half(set: Set, half: &str, singles: bool) -> Tally {
    let documents = documents(set);
    let tally = measure(documents.iter().filter(|d| d.half == half), singles);
    assert!(tally.supported > 0, "the half is empty");
    report(&tally);
    tally
}

/// The floors are a little below what the method gave in November 2026 (103 of 128 linked, 103 of 111 links right, 68 of
/// 72 left): they keep it from getting worse. The bars to reach are 80% of the supported sentences linked and 95% of the links
/// right, on the final half.
#[test]
fn the_tuning_half_keeps_its_figures() {
    let tally = half(WRITTEN, "tuning", true);
    let Tally { unsupported, right, astray, misled, .. } = tally;
    assert!(right >= 101, "linked: {tally:?}");
    assert!(100 * right >= 90 * (right + astray + misled), "links right: {tally:?}");
    assert!(unsupported - misled >= 66, "left without a link: {tally:?}");
}

/// Sums only. To be run when a method is settled, not while it is tuned.
#[test]
#[ignore = "for the final figure alone: see tests/quality/README.md"]
fn the_final_half() {
    half(WRITTEN, "final", false);
}

/// In November 2026 294 of 355 were linked, and 294 of 297 links were right.
#[test]
fn what_a_model_wrote() {
    let tally = half(GENERATED, "tuning", true);
    let Tally { supported, right, astray, misled, .. } = tally;
    assert!(100 * right >= 81 * supported, "linked: {tally:?}");
    assert!(100 * right >= 97 * (right + astray + misled), "links right: {tally:?}");
}

/// Sums only, as those of [`the_final_half`].
#[test]
#[ignore = "for the final figure alone: see tests/quality/README.md"]
fn what_a_model_wrote_finally() {
    half(GENERATED, "final", false);
}
