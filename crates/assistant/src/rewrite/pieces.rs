//! A text in pieces of a few sentences, each of which a small model can rewrite without losing any.

use super::is_short;
use crate::sentences::sentences;
use std::ops::Range;

/// A statement shorter than this, in bytes, does not stand alone where it only begins with a small letter.
const SHORTEST: usize = 12;
/// Words before a full stop that ends nothing, in lower case.
const ABBREVIATIONS: &[&str] =
    &["etc", "vs", "mrs", "prof", "approx", "dept", "incl", "min", "max", "tel", "bzw", "usw", "evtl", "ggf"];

/// How large a piece may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Most sentences.
    pub sentences: usize,
    /// Bytes after which no further sentence is taken in.
    pub bytes: usize,
}

/// Statements of `text` in order, grouped into pieces; those of a word or two do not count, and go with their neighbours. A piece never reaches over a line break: what stands between
/// pieces (breaks, list markers) is no part of any. O(bytes).
pub fn pieces(text: &str, size: Size) -> Vec<Vec<Range<usize>>> {
    let mut pieces: Vec<Vec<Range<usize>>> = Vec::new();
    for statement in statements(text) {
        match pieces.last_mut() {
            Some(piece)
                if (piece.iter().filter(|s| !is_short(&text[(*s).clone()])).count() < size.sentences
                    || is_short(&text[statement.clone()]))
                    && statement.end - piece[0].start <= size.bytes
                    && !text[piece[piece.len() - 1].end..statement.start].contains('\n') =>
            {
                piece.push(statement);
            }
            _ => pieces.push(vec![statement]),
        }
    }
    pieces
}

/// Sentences, and what people write for sentences: many begin theirs with small letters.
pub fn statements(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for sentence in sentences(text) {
        let mut start = sentence.start;
        let mut stop: Option<usize> = None;
        for (at, character) in text[sentence.clone()].char_indices() {
            let at = sentence.start + at;
            if character.is_whitespace() {
                continue;
            }
            if let Some(end) = stop.take()
                && end < at
                && end - start >= SHORTEST
                && !is_abbreviated(&text[start..end])
            {
                found.push(start..end);
                start = at;
            }
            if matches!(character, '.' | '!' | '?') {
                stop = Some(at + 1);
            }
        }
        found.push(start..sentence.end);
    }
    found
}

/// Whether the full stop that ends `before` belongs to its last word.
fn is_abbreviated(before: &str) -> bool {
    let Some(body) = before.strip_suffix('.') else { return false };
    let word = body.rsplit(char::is_whitespace).next().unwrap_or_default();
    let lower = word.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    // "e.g.", "p.m.", "a." and the like; "5pm." and "it." end.
    lower.contains('.') || lower.chars().count() < 2 || ABBREVIATIONS.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, sentences: usize) -> Vec<&str> {
        let pieces = pieces(text, Size { sentences, bytes: 200 });
        pieces.iter().map(|piece| &text[piece[0].start..piece[piece.len() - 1].end]).collect()
    }

    #[test]
    fn small_letters_begin_sentences_too() {
        assert_eq!(
            cut("hi, its broken since monday. can you come at 5 p.m. or later? thanks", 1),
            ["hi, its broken since monday.", "can you come at 5 p.m. or later? thanks"]
        );
        assert_eq!(
            cut("He said e.g. that it is 3.5 times as big. ok", 1),
            ["He said e.g. that it is 3.5 times as big. ok"]
        );
    }

    #[test]
    fn pieces_keep_to_their_line_and_their_size() {
        let text = "Dear Ada,\n\nOne is here. Two is here. Three is here.\n- Four\n- Five";
        assert_eq!(
            cut(text, 2),
            ["Dear Ada,", "One is here. Two is here.", "Three is here.", "Four", "Five"]
        );
        assert_eq!(cut(" \n", 2), Vec::<&str>::new());
        let long = "word ".repeat(60) + "end. Another one.";
        assert_eq!(cut(&long, 2).len(), 2);
    }
}
