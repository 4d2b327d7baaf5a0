//! Text to clauses: what is claimed or denied together.

use crate::grounding::terms::{Kind, Term, terms};
use std::ops::Range;

/// Words before which a clause may end.
const CONJUNCTIONS: &[&str] = &["and", "but", "und", "aber", "doch", "y", "e", "pero", "et", "mais"];

/// A part of a text.
#[derive(Clone, Debug)]
pub struct Clause<'a> {
    /// As it stands.
    pub text: &'a str,
    /// Where it begins, as its terms count.
    pub start: usize,
    /// Its terms.
    pub terms: Vec<Term>,
}

/// How finely a text is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// At colons, semicolons and conjunctions, where either side has two terms or more: what could be sentences.
    Statements,
    /// At commas as well.
    Clauses,
    /// The same, even if one term is left.
    Shreds,
}

/// The clauses of `text`, in order; together they are all of it. What is too small for its grain belongs to what follows, or
/// else to what precedes, if only a comma or a conjunction parts them. A mark inside a number, and "and" before one, end none. O(bytes).
pub fn clauses(text: &str, grain: Grain) -> Vec<Clause<'_>> {
    let least = if grain == Grain::Shreds { 1 } else { 2 };
    let all = terms(text);
    let size = |part: &Range<usize>| {
        let first = all.partition_point(|t| t.range.start < part.start);
        let inside = all[first..].iter().take_while(|t| t.range.start < part.end);
        inside.filter(|t| !matches!(t.kind, Kind::Part | Kind::Unit)).count()
    };
    let mut parts: Vec<(Range<usize>, usize)> = Vec::new();
    let mut start = 0;
    // Whether only a comma or a conjunction stands before `start`.
    let mut is_open = false;
    for (end, is_firm) in cuts(text, grain) {
        let size = size(&(start..end));
        match parts.last_mut() {
            Some((last, before)) if is_open && *before < least || *before == 0 || size == 0 => {
                last.end = end;
                *before += size;
            }
            _ => parts.push((start..end, size)),
        }
        // The last part has no other neighbour.
        if end == text.len()
            && let [.., (before, _), (last, size)] = &mut parts[..]
            && is_open
            && *size < least
        {
            before.end = last.end;
            parts.pop();
        }
        start = end;
        is_open = !is_firm;
    }
    let mut rest = all.into_iter().peekable();
    parts
        .into_iter()
        .map(|(part, _)| Clause {
            text: &text[part.clone()],
            start: part.start,
            terms: std::iter::from_fn(|| rest.next_if(|term| term.range.start < part.end)).collect(),
        })
        .collect()
}

/// Where parts of `text` end, ascending, the end of the text last; and whether firmly, by more than a comma or a conjunction.
fn cuts(text: &str, grain: Grain) -> Vec<(usize, bool)> {
    let mut found = Vec::new();
    let mut word = 0;
    for (at, mark) in text.char_indices() {
        let end = at + mark.len_utf8();
        let before_space = text[end..].starts_with(char::is_whitespace);
        match mark {
            _ if mark.is_whitespace() => {
                let is_before_number = text[end..].starts_with(|c: char| c.is_ascii_digit());
                if CONJUNCTIONS.contains(&&text[word..at]) && !is_before_number && word > 0 {
                    found.push((word, false));
                }
                word = end;
                if mark == '\u{3000}' {
                    found.push((end, true));
                }
            }
            ',' if before_space && grain != Grain::Statements => found.push((end, false)),
            '.' if text[..at].ends_with(|c: char| c.is_ascii_digit()) => {}
            ';' | ':' | '.' if before_space => found.push((end, true)),
            '、' | '，' => found.push((end, false)),
            '。' | '；' | '—' => found.push((end, true)),
            _ => {}
        }
    }
    found.push((text.len(), true));
    // A conjunction is noticed at its end, and may begin where a mark has cut.
    found.sort_by_key(|&(at, is_firm)| (at, !is_firm));
    found.dedup_by_key(|&mut (at, _)| at);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, grain: Grain) -> Vec<&str> {
        clauses(text, grain).into_iter().map(|c| c.text.trim()).collect()
    }

    #[test]
    fn statements_could_be_sentences() {
        assert_eq!(
            cut("The K1 held 0.9 litres and is still sold for £49, while stocks last.", Grain::Statements),
            ["The K1 held 0.9 litres", "and is still sold for £49, while stocks last."]
        );
        assert_eq!(cut("Salt and pepper are free.", Grain::Statements), ["Salt and pepper are free."]);
        assert_eq!(cut("Belts cost between 6 and 15 euros now.", Grain::Statements).len(), 1);
    }

    #[test]
    fn clauses_end_at_commas_and_small_ones_join_what_a_comma_parts_them_from() {
        assert_eq!(
            cut("La más vendida fue la merluza; el pulpo, como antes, cayó al tercero.", Grain::Clauses),
            ["La más vendida fue la merluza;", "el pulpo, como antes, cayó al tercero."]
        );
        assert_eq!(
            cut("The filter may go in; the kettle itself may not.", Grain::Shreds),
            ["The filter may go in;", "the kettle itself may not."]
        );
        assert_eq!(cut("雨でも使えますが、水に沈めないでください。", Grain::Clauses).len(), 2);
    }

    #[test]
    fn together_they_are_the_text() {
        let text = "One, two; and three: four. And und, 5 and 6,";
        for grain in [Grain::Statements, Grain::Clauses, Grain::Shreds] {
            assert_eq!(clauses(text, grain).iter().map(|c| c.text).collect::<String>(), text);
        }
    }
}
