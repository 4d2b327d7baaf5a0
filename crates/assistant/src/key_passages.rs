//! The source's own telling sentences, for where the model's do not hold.

use crate::{
    notes::{Note, pick, telling},
    sentences::sentences,
    units::Units,
};
use std::ops::Range;

/// At most `most` sentences of `text` that say most of what it speaks of, in its order. Each is the telling one of its part, for parts of about
/// the same length: no great part of a text goes unnoticed. O(bytes × log `most`).
pub fn key_passages(text: &str, most: usize) -> Vec<Note> {
    let units = Units::new(text);
    let notes: Vec<Note> = parts(text, most)
        .into_iter()
        .enumerate()
        .filter_map(|(number, part)| Some(telling(&text[part.clone()])?.moved(number, units.at(part.start))))
        .collect();
    pick(&notes, most)
}

/// The first sentence of `text` that has a word: mostly its title.
pub fn lead(text: &str) -> Option<Note> {
    let range =
        sentences(text).into_iter().find(|range| text[range.clone()].contains(char::is_alphanumeric))?;
    Some(Note::copied(text, range))
}

/// `text` cut between sentences into `count` parts of about the same length, or fewer.
fn parts(text: &str, count: usize) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::with_capacity(count);
    for sentence in sentences(text) {
        let number = sentence.start * count / text.len().max(1);
        match parts.last_mut() {
            Some(last) if last.start * count / text.len().max(1) == number => last.end = sentence.end,
            _ => parts.push(sentence),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "The ferry sails daily. It burns diesel. The ferry costs money.\n\nCrabs walk. Crabs eat algae here. Seals sleep.";

    fn texts(most: usize) -> Vec<String> {
        key_passages(TEXT, most).into_iter().map(|note| note.text).collect()
    }

    #[test]
    fn each_half_has_one() {
        let found = texts(2);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("ferry") && found[1].contains("Crabs"), "{found:?}");
    }

    #[test]
    fn passages_are_where_their_words_stand() {
        for note in key_passages(TEXT, 3) {
            assert_eq!(TEXT[note.passage.start as usize..note.passage.end as usize], note.text);
        }
    }

    #[test]
    fn the_lead_is_the_first_sentence_with_a_word() {
        assert_eq!(lead("— —\n\nFerries are late\n\nThey sail.").expect("a title").text, "Ferries are late");
        assert_eq!(lead("… — !"), None);
    }

    #[test]
    fn a_text_without_words_has_none() {
        assert_eq!(key_passages("… — !", 3), []);
        assert_eq!(key_passages("", 3), []);
    }
}
