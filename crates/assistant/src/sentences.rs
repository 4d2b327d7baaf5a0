//! Text to sentences.
//!
//! A boundary is a line break, or a terminator with its closing quotes and brackets, before white space. A full
//! stop ends nothing after an abbreviation, an initial or a list number, nor before a lower-case letter. The rules look
//! one visible character ahead and never further, so that a growing text is cut as its final form will be.

use std::ops::Range;

/// Longest sentence in bytes; longer ones are cut at white space, so that hostile text stays workable.
const LONGEST: usize = 1200;

/// Words before a full stop that does not end a sentence, in lower case and without inner stops.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "mt", "sr", "jr", "rev", "hon", "gen", "col", "capt", "lt", "sgt",
    "no", "nos", "vol", "fig", "figs", "eq", "sec", "ch", "pp", "ed", "eds", "vs", "cf", "ca", "approx",
    "eg", "ie", "viz", "inc", "ltd", "co", "corp", "dept", "est", "jan", "feb", "mar", "apr", "jun", "jul",
    "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
];

/// Sentences of `text` in order, as byte ranges without the white space and list markers around them. O(bytes).
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = boundary(text, at) {
        push(text, at..next, &mut found);
        at = next;
    }
    push(text, at..text.len(), &mut found);
    found
}

/// Whether a sentence asks, and so states nothing.
pub fn is_question(sentence: &str) -> bool {
    sentence.ends_with(['?', '？'])
}

/// Where the first sentence of `text[from..]` surely ends, its white space included, whatever text may follow;
/// none while that is open.
pub fn boundary(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    // Where the last boundary candidate's sentence ends, and whether a line broke after it.
    let mut candidate: Option<(Stop, bool)> = None;
    let mut last_space = None;
    let mut begun = false;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character.is_whitespace() {
            if begun {
                last_space = Some(at + character.len_utf8());
                let breaks = is_line_break(character);
                candidate = match candidate {
                    Some((stop, broken)) => Some((stop, broken || breaks)),
                    None if breaks => Some((Stop::None, true)),
                    None => None,
                };
            }
            continue;
        }
        // `character` is visible: the candidate before it can be judged now.
        if let Some((stop, broken)) = candidate.take() {
            let before = &rest[..at];
            let ends = match stop {
                Stop::None => !character.is_lowercase() || blank_line(before),
                Stop::Full => broken && !character.is_lowercase() || !continues(before, character),
                Stop::Strong => !character.is_lowercase(),
            };
            if ends {
                return Some(from + at);
            }
        }
        if at > LONGEST {
            return Some(from + last_space.unwrap_or(at));
        }
        begun = true;
        if let Some(stop) = Stop::of(character) {
            let mut stop = stop;
            let mut end = at + character.len_utf8();
            while let Some(&(closer_at, closer)) = characters.peek() {
                match Stop::of(closer) {
                    Some(Stop::Full) => {}
                    Some(other) => stop = other,
                    None if is_closer(closer) => {}
                    None => break,
                }
                end = closer_at + closer.len_utf8();
                characters.next();
            }
            match characters.peek() {
                Some((_, next)) if next.is_whitespace() => candidate = Some((stop, false)),
                // Scripts without spaces end their sentences with their own stops.
                Some(_) if is_wide_stop(character) => return Some(from + end),
                _ => {}
            }
        }
    }
    None
}

/// What ended a sentence.
#[derive(Clone, Copy, PartialEq)]
enum Stop {
    /// A line break alone.
    None,
    /// A full stop.
    Full,
    /// A mark with no other use.
    Strong,
}

impl Stop {
    fn of(character: char) -> Option<Self> {
        match character {
            '.' => Some(Self::Full),
            '!' | '?' | '…' | '‽' | '؟' | '।' => Some(Self::Strong),
            _ if is_wide_stop(character) => Some(Self::Strong),
            _ => None,
        }
    }
}

fn is_wide_stop(character: char) -> bool {
    matches!(character, '。' | '！' | '？' | '｡')
}

fn is_closer(character: char) -> bool {
    matches!(
        character,
        ')' | ']' | '}' | '"' | '\'' | '”' | '’' | '»' | '」' | '』' | '）' | '】' | '*' | '_'
    )
}

fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// Whether `before` ends with an empty line.
fn blank_line(before: &str) -> bool {
    before.chars().rev().take_while(|c| c.is_whitespace()).filter(|&c| c == '\n').count() > 1
}

/// Whether the sentence goes on after the full stop that ends `before` (white space aside), at `next`.
fn continues(before: &str, next: char) -> bool {
    if next.is_lowercase() {
        return true;
    }
    let trimmed = before.trim_end();
    let Some(body) = trimmed.strip_suffix('.') else { return false }; // `.”` and `.)` do end
    let word_start = body
        .char_indices()
        .rev()
        .take_while(|(_, c)| !c.is_whitespace() && *c != '(')
        .last()
        .map_or(body.len(), |(at, _)| at);
    let word = &body[word_start..];
    let first = body[..word_start].trim().is_empty();
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        (None, _) => false,
        // An initial ("J. Smith"), but not the pronoun or a unit at the end.
        (Some(only), None) if only.is_uppercase() && only != 'I' => true,
        // A day of a German date ("am 7. April"). Whether a month follows is further ahead than these rules look.
        _ if word.len() <= 2
            && word.chars().all(|c| c.is_ascii_digit())
            && is_before_day(&body[..word_start]) =>
        {
            true
        }
        // A list number ("1. Bread").
        _ if first && word.len() <= 3 && word.chars().all(|c| c.is_ascii_digit()) => true,
        // "U.S. Army" may go either way: cutting less is the smaller harm.
        _ if word.len() <= 8 && word.contains('.') && word.chars().all(|c| c == '.' || c.is_alphabetic()) => {
            true
        }
        _ if word.len() <= 6 => {
            let plain = word.to_lowercase();
            // Months, days and "no" end sentences too; only a number after them shows the abbreviation.
            match plain.as_str() {
                "no" | "mar" | "sat" | "sun" | "co" | "ed" | "est" | "sec" | "fig" => {
                    next.is_ascii_digit() && word.chars().next().is_some_and(char::is_uppercase)
                }
                _ => ABBREVIATIONS.contains(&plain.as_str()),
            }
        }
        _ => false,
    }
}

/// Whether `before` ends with a word that a German day of the month follows.
fn is_before_day(before: &str) -> bool {
    let word = before.split_whitespace().next_back().unwrap_or_default();
    matches!(
        word,
        "am" | "Am" | "zum" | "Zum" | "vom" | "Vom" | "dem" | "den" | "bis" | "ab" | "Ab" | "seit" | "Seit"
    )
}

/// Adds `range` to `found` without white space and list marker, if anything is left.
fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let trimmed = trim(text, range);
    let start = trimmed.start + marker(&text[trimmed.clone()]);
    let body = trim(text, start..trimmed.end);
    if !body.is_empty() {
        found.push(body);
    }
}

/// `range` without white space at its ends.
pub fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(range.clone()) else { return range.start..range.start };
    let start = range.start + (part.len() - part.trim_start().len());
    start..(start + part.trim().len())
}

/// Bytes of the list marker that `line` begins with ("- ", "• ", "3. ", "2) "), the space after it included; 0 if none.
pub fn marker(line: &str) -> usize {
    let after_digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - after_digits.len();
    let mark = match after_digits.chars().next() {
        Some('-' | '*' | '•' | '–' | '—' | '‣' | '▪' | '◦' | '·') if digits == 0 => {
            after_digits.chars().next()
        }
        Some('.' | ')') if (1..=3).contains(&digits) => after_digits.chars().next(),
        _ => None,
    };
    let Some(mark) = mark else { return 0 };
    let rest = &after_digits[mark.len_utf8()..];
    let space = rest.len() - rest.trim_start_matches([' ', '\t', '\u{a0}']).len();
    if space == 0 && !rest.is_empty() { 0 } else { digits + mark.len_utf8() + space }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn plain_sentences() {
        assert_eq!(cut("One. Two!  Three? Four"), ["One.", "Two!", "Three?", "Four"]);
        assert_eq!(cut("It sails on 3 May. 12 cars fit."), ["It sails on 3 May.", "12 cars fit."]);
    }

    #[test]
    fn stops_inside_sentences() {
        assert_eq!(
            cut("Dr. Moar met J. R. Flett at 3.5 p.m. on Monday."),
            ["Dr. Moar met J. R. Flett at 3.5 p.m. on Monday."]
        );
        assert_eq!(cut("See example.org. Then go."), ["See example.org.", "Then go."]);
        assert_eq!(cut("Was it No. 7? No. It was not."), ["Was it No. 7?", "No.", "It was not."]);
        assert_eq!(cut("So did I. We left."), ["So did I.", "We left."]);
        assert_eq!(
            cut("Ab dem 1. April gilt das. Er ist 7. Sie ist 9."),
            ["Ab dem 1. April gilt das.", "Er ist 7.", "Sie ist 9."]
        );
    }

    #[test]
    fn quotes_belong_to_their_sentence() {
        assert_eq!(
            cut("“You feel it.” He left. “Why?” he asked."),
            ["“You feel it.”", "He left.", "“Why?” he asked."]
        );
    }

    #[test]
    fn lines_and_markers() {
        assert_eq!(cut("Title\n\n- one\n- two\n3. Three"), ["Title", "one", "two", "Three"]);
        assert_eq!(
            cut("a line that was\nwrapped goes on. Yes"),
            ["a line that was\nwrapped goes on.", "Yes"]
        );
        assert_eq!(cut("- \n\n  \n"), Vec::<&str>::new());
    }

    #[test]
    fn scripts_without_spaces() {
        assert_eq!(cut("船は静かだ。音がない！よい"), ["船は静かだ。", "音がない！", "よい"]);
    }

    #[test]
    fn no_sentence_is_endless() {
        let long = "word ".repeat(10_000);
        assert!(cut(&long).iter().all(|s| s.len() <= LONGEST + 8));
        assert!(cut(&"x".repeat(10_000)).iter().all(|s| s.len() <= LONGEST + 8));
    }

    #[test]
    fn a_growing_text_is_cut_like_its_final_form() {
        let text = "Dr. Moar came at 3.5 p.m. yesterday. “Why?” he asked. It sank!\n\n- One. 2 more\n- Two 😀。終 end";
        let mut streamed = Vec::new();
        let mut start = 0;
        for (at, character) in text.char_indices() {
            while let Some(next) = boundary(&text[..at + character.len_utf8()], start) {
                push(text, start..next, &mut streamed);
                start = next;
            }
        }
        push(text, start..text.len(), &mut streamed);
        assert_eq!(streamed, sentences(text));
    }
}
