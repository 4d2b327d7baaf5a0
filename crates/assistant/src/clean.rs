//! Small models wrap what they write: quotes around it, a line that announces it, a note after it, bullets of any
//! kind. These filters take the wrapping off while the text streams.

use crate::sentences::marker;

/// Longest announcement ("Here is the rewritten text:") that is looked for, in bytes.
const LONGEST_PREAMBLE: usize = 120;

/// Words that an announcement begins with, in lower case.
const PREAMBLES: &[&str] = &[
    "here is",
    "here's",
    "here’s",
    "here are",
    "sure",
    "certainly",
    "of course",
    "rewritten",
    "rewrite",
    "revised",
    "corrected",
    "correction",
    "shorter version",
    "formal version",
    "casual version",
    "answer",
    "the answer is",
    "summary",
    "headline",
    "title",
    "text",
    "the text says",
];

/// Beginnings of paragraphs in which a model speaks about its rewrite, in lower case.
const NOTES: &[&str] = &[
    "note:",
    "notes:",
    "explanation:",
    "changes:",
    "changes made",
    "i changed",
    "i have changed",
    "i hope this helps",
    "i hope this version",
    "let me know if you'd like",
    "let me know if you want",
    "let me know if you need",
    "in this version",
    "in this rewrite",
    "(note",
];

/// Takes announcement, enclosing quotes and afterthoughts off one text.
#[derive(Debug)]
pub struct Unwrap {
    /// Held back: the beginning until it is judged, later white space, closing marks, or a paragraph's beginning.
    held: String,
    begun: bool,
    /// An announcement was taken off, or none is looked for.
    announced: bool,
    /// The quotation mark that was taken off the beginning.
    quote: Option<char>,
    /// The original begins with a quotation mark itself.
    keep_quotes: bool,
    /// An afterthought has begun: nothing more is taken.
    over: bool,
}

impl Unwrap {
    /// For a rewrite of `original`; for other texts pass "".
    pub fn new(original: &str) -> Self {
        let start = original.trim_start();
        let keep_quotes = start.starts_with(is_quote);
        // "Title: …" in the original is no announcement.
        let announced = !start.is_empty() && may_be_preamble(start);
        Self { held: String::new(), begun: false, announced, quote: None, keep_quotes, over: false }
    }

    /// Takes an announcement off, and leaves quotes.
    pub fn announcement() -> Self {
        Self { keep_quotes: true, ..Self::new("") }
    }

    /// Takes more text, gives what is sure.
    pub fn push(&mut self, more: &str) -> String {
        if self.over {
            return String::new();
        }
        self.held.push_str(more);
        if !self.begun {
            let start = self.held.trim_start();
            // A line break or the length decides what the beginning is.
            let open = !start.contains('\n') && start.len() < LONGEST_PREAMBLE && may_be_preamble(start);
            if start.is_empty() || !self.announced && open {
                return String::new();
            }
            self.begin();
        }
        if self.begun { self.release() } else { String::new() }
    }

    /// The model has ended: gives the rest.
    pub fn finish(&mut self) -> String {
        if self.over {
            return String::new();
        }
        if !self.begun {
            self.begin();
        }
        let mut rest = self.release();
        if !self.over {
            let held = std::mem::take(&mut self.held);
            let body = held.trim_start();
            if !is_note(body) {
                let closer = self.quote.map(closing);
                let tail = held.trim_end();
                rest.push_str(closer.and_then(|c| tail.strip_suffix(c)).unwrap_or(tail));
            }
        }
        rest.truncate(rest.trim_end().len());
        rest
    }

    /// Judges the beginning that is held.
    fn begin(&mut self) {
        let start = self.held.trim_start();
        let mut body = start;
        if !self.announced && may_be_preamble(start) {
            let line = start.lines().next().unwrap_or_default();
            // "10:30" has no end of an announcement.
            let is_end = |&(at, _): &(usize, &str)| {
                line[at + 1..].chars().next().is_none_or(|c| c.is_whitespace() || c == '*' || is_quote(c))
            };
            if let Some((at, _)) = line.match_indices(':').find(is_end)
                && let announcement = &line[..at]
                && announcement.len() < LONGEST_PREAMBLE
                && !announcement.contains(['.', '?'])
            {
                body = start[announcement.len() + 1..].trim_start_matches(['*', '#']).trim_start();
                self.announced = true;
            }
        }
        self.begun = !body.is_empty();
        if !self.keep_quotes
            && let Some(quote) = body.chars().next().filter(|&c| is_quote(c))
        {
            self.quote = Some(quote);
            body = &body[quote.len_utf8()..];
        }
        self.held = body.to_owned();
    }

    /// Gives what is held but for white space, closing marks and the beginning of a paragraph.
    fn release(&mut self) -> String {
        let mut out = String::new();
        // An afterthought stands in a paragraph of its own.
        while let Some(at) = self.held.find("\n\n") {
            let paragraph = self.held[at..].trim_start();
            if is_note(paragraph) {
                let closer = self.quote.map(closing);
                let body = self.held[..at].trim_end();
                out.push_str(closer.and_then(|c| body.strip_suffix(c)).unwrap_or(body));
                self.over = true;
                return out;
            }
            if paragraph.len() < 24 {
                break;
            }
            let next = self.held.len() - paragraph.len();
            out.push_str(&self.held[..next]);
            self.held.drain(..next);
        }
        let whole = self.held.find("\n\n").unwrap_or(self.held.len());
        let safe = self.held[..whole]
            .trim_end_matches(|c: char| c.is_whitespace() || self.quote.is_some() && is_quote(c))
            .len();
        out.push_str(&self.held[..safe]);
        self.held.drain(..safe);
        out
    }
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '“' | '”' | '«' | '»')
}

fn closing(quote: char) -> char {
    match quote {
        '“' => '”',
        '«' => '»',
        other => other,
    }
}

fn is_note(paragraph: &str) -> bool {
    let start: String = paragraph.chars().take(24).collect::<String>().to_lowercase();
    NOTES.iter().any(|note| start.starts_with(note))
}

/// Whether `start` is an announcement so far, or the beginning of one.
fn may_be_preamble(start: &str) -> bool {
    let lower: String =
        start.trim_start_matches(['*', '#', ' ']).chars().take(24).collect::<String>().to_lowercase();
    PREAMBLES.iter().any(|p| lower.starts_with(p) || p.starts_with(lower.as_str()))
}

/// Makes every line of a list begin with "- ", and drops blank lines and an announcement before the list.
#[derive(Debug, Default)]
pub struct Bullets {
    /// The beginning of a line, until its marker is known; the whole line while no bullet was seen.
    held: String,
    /// The line's beginning has been given.
    inside: bool,
    /// A line was given.
    any: bool,
}

impl Bullets {
    /// Takes more text, gives what is sure.
    pub fn push(&mut self, more: &str) -> String {
        let mut out = String::new();
        for piece in more.split_inclusive('\n') {
            let (body, breaks) = piece.strip_suffix('\n').map_or((piece, false), |body| (body, true));
            if self.inside {
                out.push_str(body);
            } else {
                self.held.push_str(body);
                let line = self.held.trim_start();
                let marked = marker(line) > 0 && line.len() > marker(line);
                if marked || breaks || line.len() > if self.any { 8 } else { LONGEST_PREAMBLE } {
                    self.begin(breaks, &mut out);
                }
            }
            if breaks {
                self.inside = false;
                self.held.clear();
            }
        }
        out
    }

    /// The model has ended: gives the rest.
    pub fn finish(&mut self) -> String {
        let mut out = String::new();
        if !self.inside {
            self.begin(false, &mut out);
        }
        out
    }

    fn begin(&mut self, whole_line: bool, out: &mut String) {
        let line = self.held.trim_start();
        let mark = marker(line);
        let body = line[mark..].trim_start_matches(['*', '•', ' ']);
        let announcement = whole_line && mark == 0 && !self.any && body.trim_end().ends_with(':');
        if body.trim().is_empty() || announcement {
            return;
        }
        if self.any {
            out.push('\n');
        }
        out.push_str("- ");
        out.push_str(body);
        self.any = true;
        self.inside = true;
        self.held.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The filter's output when `said` comes in pieces of one character, and all at once.
    fn both(mut one: impl FnMut(&[String]) -> String, said: &str) -> String {
        let single: Vec<String> = said.chars().map(String::from).collect();
        let pieces = one(&single);
        assert_eq!(pieces, one(&[said.to_owned()]), "pieces make no difference");
        pieces
    }

    fn unwrap(original: &str, said: &str) -> String {
        let run = |pieces: &[String]| {
            let mut filter = Unwrap::new(original);
            let mut out: String = pieces.iter().map(|p| filter.push(p)).collect();
            out.push_str(&filter.finish());
            out
        };
        both(run, said)
    }

    #[test]
    fn a_time_ends_no_announcement() {
        assert_eq!(
            unwrap("", "The text says the ferry sails at 10:30."),
            "The text says the ferry sails at 10:30."
        );
        assert_eq!(unwrap("", "The text says: It sails at 10:30."), "It sails at 10:30.");
    }

    fn bullets(said: &str) -> String {
        let run = |pieces: &[String]| {
            let mut filter = Bullets::default();
            let mut out: String = pieces.iter().map(|p| filter.push(p)).collect();
            out.push_str(&filter.finish());
            out
        };
        both(run, said)
    }

    #[test]
    fn wrapping_comes_off() {
        for said in [
            "The boat is late.",
            "\"The boat is late.\"",
            "“The boat is late.”\n",
            "Here is the rewritten text:\n\nThe boat is late.",
            "Sure! Here's a formal version: \"The boat is late.\"",
            "**Rewritten:** The boat is late.",
            "The boat is late.\n\nNote: I changed the tone.",
            "\"The boat is late.\"\n\nI hope this helps you and your readers!",
        ] {
            assert_eq!(unwrap("boat late", said), "The boat is late.", "{said:?}");
        }
    }

    #[test]
    fn what_belongs_to_the_text_stays() {
        for said in [
            "Sure, the boat is late.",
            "Here is the boat.",
            "He said \"no\".",
            "Dear Ada: the boat is late.",
            "One.\n\nTwo is longer than the others.\n\nThree.",
        ] {
            assert_eq!(unwrap("boat", said), said);
        }
        assert_eq!(unwrap("title: a boat", "Title: A boat"), "Title: A boat");
        assert_eq!(unwrap("\"quoted\"", "\"Quoted!\""), "\"Quoted!\"");
    }

    #[test]
    fn lists_get_one_kind_of_bullet() {
        assert_eq!(
            bullets("1. One\n2) Two\n\n* Three\n• Four\n- Five"),
            "- One\n- Two\n- Three\n- Four\n- Five"
        );
        assert_eq!(bullets("Key points:\n\n- One\n- Two\n"), "- One\n- Two");
        assert_eq!(bullets("Just a sentence."), "- Just a sentence.");
        assert_eq!(bullets("1. 98 passengers"), "- 98 passengers");
        assert_eq!(bullets("\n\n"), "");
    }
}
