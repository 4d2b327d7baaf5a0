//! Spans that a rewrite must not change: addresses, numbers, dates, code, quotes, names.

use crate::{
    sentences::sentences,
    units::{Units, units_in},
    words::words,
};
use protocol::{Flag, FlagKind};
use std::{collections::HashSet, ops::Range};

/// A protected span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// What it is.
    pub kind: FlagKind,
}

const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
];
const DAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const CURRENCIES: &[char] = &['£', '€', '$', '¥', '₹', '₩', '₽', '฿', '₺'];
/// Capitalised words that are no names.
const COMMON_CAPITALS: &[&str] =
    &["i", "i'm", "i've", "i'll", "i'd", "ok", "ps", "fyi", "asap", "tv", "pdf", "am", "pm"];

/// Protected spans of `text` in order, without overlaps. O(bytes).
pub fn spans(text: &str) -> Vec<Span> {
    let mut found = enclosed(text);
    let outside = gaps(text, &found);
    let starts: HashSet<usize> = sentences(text).iter().map(|s| first_letter(text, s.start)).collect();
    for gap in outside {
        plain(text, gap, &starts, &mut found);
    }
    found.sort_by_key(|s| s.range.start);
    found
}

/// The spans of `original` that `rewrite` changed or lost, with offsets in `original`.
pub fn violations(original: &str, rewrite: &str) -> Vec<Flag> {
    let units = Units::new(original);
    let kept = Kept::new(rewrite);
    spans(original)
        .into_iter()
        .filter(|span| !kept.holds(&original[span.range.clone()], span.kind))
        .map(|span| {
            let text = &original[span.range.clone()];
            let start = units.at(span.range.start);
            Flag { start, end: start + units_in(text), kind: span.kind, text: text.to_owned() }
        })
        .collect()
}

/// What a text holds, for looking spans up.
struct Kept {
    text: String,
    keys: HashSet<String>,
}

impl Kept {
    fn new(text: &str) -> Self {
        Self { text: plain_form(text), keys: words(text).map(|w| w.key).collect() }
    }

    fn holds(&self, span: &str, kind: FlagKind) -> bool {
        match kind {
            // "3pm" and "3 p.m.", "£1,200" and "£1200" say the same.
            FlagKind::Number | FlagKind::Date => {
                words(span).filter(|w| w.number || !w.stop).all(|w| self.keys.contains(&w.key))
            }
            FlagKind::Name => words(span).all(|w| self.keys.contains(&w.key)),
            FlagKind::Address | FlagKind::Code | FlagKind::Quote => self.text.contains(&plain_form(span)),
        }
    }
}

/// One form for all quotation marks and spaces.
fn plain_form(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '“' | '”' | '«' | '»' => plain.push('"'),
            '‘' | '’' => plain.push('\''),
            c if c.is_whitespace() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c => plain.push(c),
        }
    }
    plain
}

/// Code between backticks and quotes of two words or more.
fn enclosed(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, character) in text.char_indices() {
        let closes = open.is_some_and(|(_, closer)| closer == character);
        if closes {
            let (start, closer) = open.take().unwrap_or((at, character));
            let range = start..at + character.len_utf8();
            let inside = text[range.clone()].trim_matches(|c: char| "`\"“”«»".contains(c));
            if closer == '`' && !inside.is_empty() {
                found.push(Span { range, kind: FlagKind::Code });
            } else if inside.split_whitespace().nth(1).is_some() {
                found.push(Span { range, kind: FlagKind::Quote });
            }
        } else if character == '\n' {
            open = None; // a quote that spans paragraphs is more likely a stray mark
        } else if open.is_none() {
            open = match character {
                '`' => Some((at, '`')),
                '"' => Some((at, '"')),
                '“' => Some((at, '”')),
                '«' => Some((at, '»')),
                _ => None,
            };
        }
    }
    found
}

/// What `spans`, in order, leave of `text`.
fn gaps(text: &str, spans: &[Span]) -> Vec<Range<usize>> {
    let mut rest = Vec::with_capacity(spans.len() + 1);
    let mut at = 0;
    for span in spans {
        rest.push(at..span.range.start);
        at = span.range.end;
    }
    rest.push(at..text.len());
    rest
}

/// Byte of the first letter or digit from `from` on.
fn first_letter(text: &str, from: usize) -> usize {
    text[from..].find(char::is_alphanumeric).map_or(from, |at| from + at)
}

/// Adds the addresses, numbers, dates and names in `range`.
fn plain(text: &str, range: Range<usize>, sentence_starts: &HashSet<usize>, found: &mut Vec<Span>) {
    let mut dates: Option<Range<usize>> = None;
    let mut name: Option<Range<usize>> = None;
    for chunk in chunks(text, range) {
        let raw = &text[chunk.clone()];
        let kind = classify(raw, sentence_starts.contains(&chunk.start));
        // Neighbours join: "3 May 2026", "Isbel Moar", but not over a comma.
        let joins = |before: &Option<Range<usize>>| {
            before
                .as_ref()
                .is_some_and(|b| text[b.end..chunk.start].chars().all(|c| c == ' ' || c == '\u{a0}'))
        };
        match kind {
            Some(FlagKind::Date) => {
                if !joins(&dates) {
                    flush(&mut dates, FlagKind::Date, found);
                    // "3" before "May" was taken for a number.
                    let taken = found.pop_if(|n| n.kind == FlagKind::Number && joins(&Some(n.range.clone())));
                    dates = Some(taken.map_or(chunk.start, |n| n.range.start)..chunk.end);
                } else if let Some(d) = &mut dates {
                    d.end = chunk.end;
                }
                flush(&mut name, FlagKind::Name, found);
            }
            Some(FlagKind::Number) if joins(&dates) && is_bare_number(raw) => {
                if let Some(d) = &mut dates {
                    d.end = chunk.end;
                }
            }
            Some(FlagKind::Name) => {
                if joins(&name) {
                    if let Some(n) = &mut name {
                        n.end = chunk.end;
                    }
                } else {
                    flush(&mut name, FlagKind::Name, found);
                    name = Some(chunk);
                }
                flush(&mut dates, FlagKind::Date, found);
            }
            other => {
                flush(&mut dates, FlagKind::Date, found);
                flush(&mut name, FlagKind::Name, found);
                if let Some(kind) = other {
                    found.push(Span { range: chunk, kind });
                }
            }
        }
    }
    flush(&mut dates, FlagKind::Date, found);
    flush(&mut name, FlagKind::Name, found);
}

fn flush(open: &mut Option<Range<usize>>, kind: FlagKind, found: &mut Vec<Span>) {
    if let Some(range) = open.take() {
        found.push(Span { range, kind });
    }
}

/// Runs of `text[range]` between white space, without the punctuation around them.
fn chunks(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let base = range.start;
    let part = &text[range];
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + part[at..].find(|c: char| !c.is_whitespace())?;
            let end = part[start..].find(char::is_whitespace).map_or(part.len(), |e| start + e);
            at = end;
            let raw = &part[start..end];
            let front = raw.len() - raw.trim_start_matches(is_wrapper).len();
            let body = raw[front..]
                .trim_end_matches(|c| is_wrapper(c) || matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '…'));
            if !body.is_empty() {
                let start = base + start + front;
                return Some(start..start + body.len());
            }
        }
    })
}

fn is_wrapper(character: char) -> bool {
    matches!(
        character,
        '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '"' | '\'' | '“' | '”' | '‘' | '’' | '*' | '_'
    )
}

/// What a run without white space is, if it is protected.
fn classify(raw: &str, starts_sentence: bool) -> Option<FlagKind> {
    if is_address(raw) {
        return Some(FlagKind::Address);
    }
    if raw.chars().any(|c| c.is_ascii_digit()) || raw.chars().any(char::is_numeric) {
        return Some(if is_written_date(raw) || is_time(raw) { FlagKind::Date } else { FlagKind::Number });
    }
    let first = raw.chars().next()?;
    if !first.is_uppercase() {
        return None;
    }
    let lower = raw.to_lowercase().replace('’', "'");
    let bare = lower.strip_suffix("'s").unwrap_or(&lower);
    if DAYS.contains(&bare) || MONTHS.contains(&bare) {
        // "May" and "March" begin sentences as verbs.
        return (!starts_sentence || DAYS.contains(&bare)).then_some(FlagKind::Date);
    }
    let name = !starts_sentence && !COMMON_CAPITALS.contains(&bare) && raw.chars().any(char::is_alphabetic);
    name.then_some(FlagKind::Name)
}

fn is_address(raw: &str) -> bool {
    let lower = raw.to_ascii_lowercase();
    if ["http://", "https://", "www.", "mailto:", "ftp://"]
        .iter()
        .any(|p| lower.starts_with(p) && lower.len() > p.len())
    {
        return true;
    }
    let host = |h: &str| {
        h.rsplit_once('.').is_some_and(|(name, top)| {
            name.chars().any(char::is_alphanumeric) && top.len() >= 2 && top.chars().all(char::is_alphabetic)
        }) && h.split('.').all(|label| !label.is_empty())
    };
    if let Some((user, domain)) = lower.rsplit_once('@') {
        return !user.is_empty() && host(domain);
    }
    // "example.org/path" is an address; "e.g" and "end.Next" are not.
    lower.split_once('/').is_some_and(|(domain, _)| host(domain) && domain.len() > 4)
        || [".com", ".org", ".net", ".edu", ".gov", ".io", ".uk", ".de", ".fr", ".eu"]
            .iter()
            .any(|t| lower.ends_with(t) && host(&lower))
}

/// "2026-05-03", "3/5/2026", "03.05.26".
fn is_written_date(raw: &str) -> bool {
    ['-', '/', '.'].iter().any(|&separator| {
        let parts: Vec<&str> = raw.splitn(4, separator).collect();
        parts.len() == 3
            && parts.iter().all(|p| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// "15:30", "3pm", "7am", "10:15am".
fn is_time(raw: &str) -> bool {
    let lower = raw.to_ascii_lowercase();
    let body = lower
        .strip_suffix("pm")
        .or(lower.strip_suffix("am"))
        .or(lower.strip_suffix("p.m"))
        .or(lower.strip_suffix("a.m"));
    let digits = |s: &str| (1..=2).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    match body.unwrap_or(&lower).split_once(':') {
        Some((hours, minutes)) => digits(hours) && digits(minutes.split(':').next().unwrap_or_default()),
        None => body.is_some_and(digits),
    }
}

fn is_bare_number(raw: &str) -> bool {
    let digits = raw.trim_end_matches(|c: char| c.is_alphabetic());
    (1..=4).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !raw.starts_with(CURRENCIES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use FlagKind::{Address, Code, Date, Name, Number, Quote};

    fn found(text: &str) -> Vec<(&str, FlagKind)> {
        spans(text).into_iter().map(|s| (&text[s.range], s.kind)).collect()
    }

    #[test]
    fn each_kind_is_found() {
        assert_eq!(
            found(
                "Ask Isbel Moar (isbel@skerry.example) by 3 May 2026 at 15:30, not before; it costs £1,200."
            ),
            [
                ("Isbel Moar", Name),
                ("isbel@skerry.example", Address),
                ("3 May 2026", Date),
                ("15:30", Date),
                ("£1,200", Number),
            ]
        );
        assert_eq!(
            found(
                "Run `cargo test` on https://example.org/a?b=1. He said “not before noon” twice, at 40% or 12kg."
            ),
            [
                ("`cargo test`", Code),
                ("https://example.org/a?b=1", Address),
                ("“not before noon”", Quote),
                ("40%", Number),
                ("12kg", Number),
            ]
        );
    }

    #[test]
    fn beginnings_of_sentences_are_no_names() {
        assert_eq!(found("The boat left. May I come? I think so. Nobody did."), []);
        assert_eq!(found("- Bread\n- Milk"), []);
    }

    #[test]
    fn other_forms_of_the_same_fact_are_kept() {
        for (original, rewrite) in [
            ("be here at 3pm", "Please be here at 3 p.m."),
            ("it costs £1,200", "The price is £1200."),
            ("there are 12 of us", "There are twelve of us."),
            ("she said “not before noon”", "She said \"not before noon\"."),
        ] {
            assert_eq!(violations(original, rewrite), [], "{rewrite}");
        }
    }

    #[test]
    fn losses_are_found_with_their_place() {
        let lost = violations("😀 pay £25 to Ada on Friday", "Pay Bob on Friday");
        let lost: Vec<_> = lost.iter().map(|f| (f.start, f.end, f.text.as_str())).collect();
        assert_eq!(lost, [(7, 10, "£25"), (14, 17, "Ada")]);
    }
}
