//! What a sentence may not contradict in the passage that it is linked to. A link is withheld where one of these says so.

use crate::words::words;
use std::collections::{HashMap, HashSet};

/// Words that turn a statement round, in lower case: English, German, Spanish, French.
const NEGATIONS: &[&str] = &[
    // English
    "not",
    "no",
    "never",
    "nobody",
    "none",
    "neither",
    "nor",
    "nothing",
    "cannot",
    "without",
    "rejected",
    "refused", // German
    "nicht",
    "kein",
    "keine",
    "keinen",
    "keinem",
    "keiner",
    "keines",
    "nie",
    "niemand",
    "nichts",
    "ohne",
    "abgelehnt", // Spanish
    "ni",
    "nunca",
    "nadie",
    "ningún",
    "ninguna",
    "sin",
    "tampoco",
    "prohibido", // French
    "ne",
    "pas",
    "jamais",
    "aucun",
    "aucune",
    "sans",
    "rien",
    "personne",
];
/// Endings of Japanese negation.
const NEGATIVE_ENDINGS: &[&str] = &["ません", "ない", "なかった", "不可"];

/// Whether `text` denies something. A "no" that a comma follows answers a question, and denies nothing by itself.
pub fn negated(text: &str) -> bool {
    let answers = |end: usize| text[end..].starts_with(',');
    NEGATIVE_ENDINGS.iter().any(|ending| text.contains(ending))
        || words(text).any(|word| {
            let lower = text[word.range.clone()].to_lowercase().replace('’', "'");
            let denies = NEGATIONS.contains(&lower.as_str()) || lower.ends_with("n't") || lower == "n'";
            denies && !answers(word.range.end) || lower.starts_with("n'") // French "n'est"
        })
}

/// Whether `sentence` has a name that `passage` lacks, and the passage one that looks much the same: "Maier" for "Meier".
pub fn confused_names(sentence: &str, passage: &str) -> bool {
    let capitals = |text: &str| -> HashSet<String> {
        words(text).filter(|w| w.capital && !w.stop).map(|w| text[w.range].to_lowercase()).collect()
    };
    let (ours, theirs) = (capitals(sentence), capitals(passage));
    ours.difference(&theirs)
        .any(|name| theirs.iter().any(|other| !ours.contains(other) && look_alike(name, other)))
}

/// Whether the names that both texts have come in the opposite order: who did what to whom is the other way round.
pub fn reversed_names(sentence: &str, passage: &str) -> bool {
    let names =
        |text: &str| -> Vec<String> { words(text).filter(|w| w.capital && !w.stop).map(|w| w.key).collect() };
    let mut place: HashMap<String, usize> = HashMap::new();
    for (at, name) in names(passage).into_iter().enumerate() {
        place.entry(name).or_insert(at);
    }
    let order: Vec<usize> = names(sentence).iter().filter_map(|name| place.get(name).copied()).collect();
    order.len() > 1 && order.windows(2).all(|pair| pair[0] > pair[1])
}

/// Whether two different names of four letters or more differ by no more than two letters, and begin alike. An ending
/// that one has and the other lacks is inflection.
fn look_alike(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(24).collect(), b.chars().take(24).collect());
    if a.len().min(b.len()) < 4 || a[0] != b[0] || a.starts_with(&b) || b.starts_with(&a) {
        return false;
    }
    let most = if a.len().min(b.len()) < 5 { 1 } else { 2 };
    distance(&a, &b) <= most
}

/// Levenshtein's distance. O(a × b), which are names.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let swap = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = swap.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_are_noticed_in_every_language() {
        for text in [
            "It will not stop.",
            "They can't.",
            "Das ist nicht wahr.",
            "No lo repare.",
            "Il n'est pas là.",
            "申し込めません。",
        ] {
            assert!(negated(text), "{text}");
        }
        for text in ["No, it stops.", "Das ist wahr.", "Es cierto.", "Il est là.", "申し込めます。"] {
            assert!(!negated(text), "{text}");
        }
    }

    #[test]
    fn the_order_of_names_tells_who_did_what() {
        assert!(reversed_names("The Town runs it for Movalia.", "Movalia runs it for the Town."));
        assert!(!reversed_names("Movalia works for the Town.", "Movalia runs it for the Town."));
        assert!(!reversed_names("The Town pays.", "Movalia runs it for the Town."));
    }

    #[test]
    fn names_that_look_alike_are_confused() {
        assert!(confused_names("Herr Maier warnt.", "Frau Meier warnt."));
        assert!(confused_names("Selon Lucie Arnaud", "selon Lucile Renaud"));
        assert!(!confused_names("Herr Meier warnt.", "Frau Meier warnt."));
        assert!(!confused_names("Ada warnt.", "Frau Meier warnt."));
        assert!(!confused_names("The Boats sail.", "The Boat sails."));
    }
}
