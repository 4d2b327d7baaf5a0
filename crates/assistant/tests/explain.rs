//! Code: explained line by line, or given comments without a change to it.

mod support;

use protocol::{
    Code, Diff, DiffKind, EndReason, ErrorCode, Event, ExplainKind, ExplainRequest, Job, NoteKind, Source,
    SourceKind,
};
use support::{Script, cut, run, sentences, text};

const CODE: &str = "def area(w, h):\n    if w < 0:\n        raise ValueError\n    return w * h\n";

fn job(text: &str, language: Option<&str>, kind: ExplainKind) -> Job {
    let source = Source {
        kind: SourceKind::Selection,
        title: String::new(),
        text: text.into(),
        language: None,
        code: Some(Code { language: language.map(str::to_owned) }),
    };
    Job::Explain(ExplainRequest { source, kind })
}

fn diff(events: &[Event]) -> Option<&Diff> {
    events.iter().find_map(|e| if let Event::Diff(diff) = e { Some(diff) } else { None })
}

fn side(diff: &Diff, kind: DiffKind) -> String {
    diff.parts
        .iter()
        .filter(|p| p.kind == DiffKind::Equal || p.kind == kind)
        .map(|p| p.text.as_str())
        .collect()
}

#[test]
fn each_sentence_of_an_explanation_has_its_line() {
    let mut model = Script::new(
        "It defines `area` of w and h. A ValueError is raised. The weather is nice today. It has 77 lines.",
    );
    let events = run(&mut model, &job(CODE, Some("py"), ExplainKind::Explain));
    let found = sentences(&events);
    let lines: Vec<Option<String>> =
        found.iter().map(|s| s.passage.as_ref().map(|p| cut(CODE, p.start, p.end))).collect();
    assert_eq!(lines[0].as_deref(), Some("def area(w, h):"));
    assert_eq!(lines[1].as_deref(), Some("raise ValueError"));
    assert_eq!(lines[2..], [None, None]);
    assert_eq!(found[3].flags.iter().map(|f| f.text.as_str()).collect::<Vec<_>>(), ["77"]);
    assert!(diff(&events).is_none());
}

#[test]
fn long_code_is_cut_after_a_line_and_the_cut_is_told() {
    let code = "total = total + price * count\n".repeat(400);
    let mut model = Script::new("It adds up.");
    let events = run(&mut model, &job(&code, Some("python"), ExplainKind::Explain));
    let Event::Context { used_units, total_units, .. } = events[0] else {
        panic!("not told: {:?}", events[0])
    };
    assert!(used_units < total_units && used_units > total_units / 4);
}

#[test]
fn only_comments_are_added_and_what_was_changed_is_put_back() {
    let mut model = Script::new(
        "```python\n# The area of a rectangle.\ndef area(width, h):\n    if w < 0:\n        raise ValueError  # none is negative\n    import os\n    return w * h\n```\nI hope this helps!",
    );
    let events = run(&mut model, &job(CODE, Some("python"), ExplainKind::Comment));
    let diff = diff(&events).expect("comments");
    assert_eq!(side(diff, DiffKind::Delete), CODE, "every line is there, unchanged and in order");
    let commented = "# The area of a rectangle.\ndef area(w, h):\n    if w < 0:\n        # none is negative\n        raise ValueError\n    return w * h\n";
    assert_eq!(side(diff, DiffKind::Insert), commented);
    assert_eq!(text(&events), commented, "what is shown is what was checked");
    assert_eq!(
        diff.notes.iter().map(|n| (n.kind, n.text.as_str())).collect::<Vec<_>>(),
        [(NoteKind::Kept, "def area(w, h):")]
    );
    assert!(matches!(events.last(), Some(Event::Done { reason: EndReason::Complete, .. })));
}

#[test]
fn where_nothing_valid_remains_it_says_so() {
    for said in ["", "I cannot do that.", CODE, "x = 1\ny = 2", "```python\nimport os\n```"] {
        let events = run(&mut Script::new(said), &job(CODE, Some("python"), ExplainKind::Comment));
        assert!(
            matches!(events.last(), Some(Event::Failed { code: ErrorCode::NoComments, .. })),
            "{events:?}"
        );
        assert!(diff(&events).is_none());
    }
    let events = run(&mut Script::new("x"), &job("{\"a\": 1}", Some("json"), ExplainKind::Comment));
    assert!(
        matches!(events.last(), Some(Event::Failed { code: ErrorCode::LanguageUnknown, .. })),
        "{events:?}"
    );
}

#[test]
fn hostile_output_changes_no_line() {
    let codes = [
        CODE,
        "",
        "x",
        "\u{feff}// 😀\r\nint x;\r\n\r\n\tint y;",
        "s = '''\n# a\n'''\nb = 1",
        "a\na\na\na\na\n",
    ];
    let outputs = [
        "# a\n# a\n# b\n#",
        "/*",
        "*/ evil",
        "<!-- x -->\n",
        "\0\n//\u{2028}x",
        "# é\\",
        "````\n# no\n```",
        &"# word more\n".repeat(500),
    ];
    for code in codes {
        for output in outputs {
            for language in ["python", "c", "html", "rust", "js"] {
                let events = run(&mut Script::new(output), &job(code, Some(language), ExplainKind::Comment));
                if let Some(diff) = diff(&events) {
                    assert_eq!(side(diff, DiffKind::Delete), code);
                    assert!(diff.parts.iter().all(|part| part.kind != DiffKind::Delete));
                }
            }
        }
    }
}
