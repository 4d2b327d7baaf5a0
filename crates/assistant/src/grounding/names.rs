//! Names that the passage does not give for what the sentence says.

use crate::{
    grounding::comparison::{Comparison, has},
    grounding::lexicon::{month, weekday},
    grounding::numbers::{Language, spoken},
    grounding::terms::{Kind, Term, terms},
    sentences::sentences,
    words::{Word, words},
};
use std::collections::HashSet;

/// Most words of a name.
const LONGEST_NAME: usize = 6;
/// How many times as much of a statement a sentence must have as one behind it for a name to be wanted there.
const AHEAD: f32 = 1.15;
/// Words that stand for a name.
const PRONOUNS: &[&str] = &[
    "he", "she", "they", "i", "we", "him", "her", "er", "sie", "ich", "wir", "il", "elle", "ils", "elles",
    "je", "nous",
];
/// German words before a noun that is no name.
const ARTICLES: &[&str] = &[
    "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines", "kein",
    "keine", "im", "am", "zum", "zur", "beim", "vom",
];

/// Whether a name of the sentence looks like another of the passage's, comes in another order, or is not where it belongs.
pub fn mistaken(c: &Comparison<'_>) -> bool {
    let core = c.core();
    is_confused(c.sentence, c.index.text(core..core + 1)) || is_reversed(c) || is_astray(c)
}

/// Whether `sentence` has a name that `passage` lacks, and the passage one that looks much the same: "Maier" for "Meier".
fn is_confused(sentence: &str, passage: &str) -> bool {
    let capitals = |text: &str| -> HashSet<String> {
        let lower = words(text).filter(|w| w.capital && !w.stop).map(|w| text[w.range].to_lowercase());
        lower.filter(|name| month(name).or(weekday(name)).is_none()).collect()
    };
    let (ours, theirs) = (capitals(sentence), capitals(passage));
    ours.difference(&theirs)
        .any(|name| theirs.iter().any(|other| !ours.contains(other) && look_alike(name, other)))
}

/// Whether the names that both texts have come in the opposite order: who did what to whom is the other way round.
fn is_reversed(c: &Comparison<'_>) -> bool {
    let theirs = terms(c.text());
    let places: Vec<usize> = c
        .answer
        .query
        .terms
        .iter()
        .filter(|(term, _)| c.index.is_name(term))
        .filter_map(|(name, _)| theirs.iter().position(|term| term.matches(name)))
        .collect();
    places.len() > 1 && places.windows(2).all(|pair| pair[0] > pair[1])
}

/// Whether a name is not in the sentence of the source that has most of its statement, nor in the question, and cannot be
/// meant there either: it comes only later, or nowhere near though no pronoun stands for it, or another name stands there.
fn is_astray(c: &Comparison<'_>) -> bool {
    let is_name = |term: &Term| c.index.is_name(term);
    c.statements.iter().any(|statement| {
        let (names, others): (Vec<&Term>, Vec<&Term>) = statement.terms.iter().partition(|t| is_name(t));
        let share = |s: usize| -> f32 {
            others
                .iter()
                .filter(|t| c.bit(t).is_some_and(|bit| c.answer.holds(s..s + 1, bit)))
                .map(|t| c.weight(t))
                .sum()
        };
        let mut home = c.core();
        for (s, _) in c.near() {
            if share(s) > share(home) {
                home = s;
            }
        }
        let theirs = c.near().find(|(s, _)| *s == home).map_or(&[][..], |(_, terms)| terms);
        let has_rival = theirs.iter().any(|term| term.kind == Kind::Name && is_name(term) && !c.says(term));
        names.iter().filter(|name| !has(theirs, name) && !c.is_asked(name)).any(|name| {
            let Some(bit) = c.bit(name) else { return false };
            let held = |s: usize| c.answer.holds(s..s + 1, bit);
            if c.before(home).any(held) {
                has_rival
            } else if c.after(home).any(held) {
                let is_behind = |s: usize| share(home) >= AHEAD * share(s);
                c.after(home).filter(|&s| held(s)).all(is_behind)
                    && !takes_up(c.index.text(home + 1..home + 2), &names)
            } else {
                has_rival || !c.index.has(name) || !has_pronoun(c.index.text(home..home + 1))
            }
        })
    })
}

/// Whether a sentence begins with one of the names, and so goes on about whom the one before described.
fn takes_up(text: &str, names: &[&Term]) -> bool {
    let first = terms(text).into_iter().next();
    !text.ends_with('?') && first.is_some_and(|first| names.iter().any(|name| name.matches(&first)))
}

fn has_pronoun(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| PRONOUNS.contains(&word.to_lowercase().as_str()))
}

/// The names of a German text, where all nouns have a capital: what stands beside another capital or behind a title, and
/// never behind an article. None of a text in another language. O(bytes).
pub fn german_names(text: &str) -> Option<HashSet<String>> {
    if spoken(text) != Some(Language::German) {
        return None;
    }
    let (mut names, mut nouns) = (HashSet::new(), HashSet::new());
    for passage in sentences(text) {
        let text = &text[passage];
        let mut before: Option<Word> = None;
        for (place, word) in words(text).enumerate() {
            if let Some(before) = before.filter(|_| word.capital) {
                let lower = text[before.range.clone()].to_lowercase();
                let is_titled = matches!(lower.as_str(), "herr" | "frau" | "dr");
                let are_neighbours =
                    before.capital && !before.stop && text[before.range.end..word.range.start] == *" ";
                if ARTICLES.contains(&lower.as_str()) {
                    nouns.insert(word.key.clone());
                } else if are_neighbours && (place > 1 || is_titled) {
                    names.extend((!is_titled).then_some(before.key));
                    names.insert(word.key.clone());
                }
            }
            before = Some(word);
        }
    }
    names.retain(|name| !nouns.contains(name));
    Some(names)
}

/// Runs of words with a capital in `text`, two to [`LONGEST_NAME`] long, with a space between. O(terms).
pub fn names_side_by_side<'t>(text: &'t str, terms: &'t [Term]) -> impl Iterator<Item = &'t [Term]> {
    let is_name = |term: &Term| matches!(term.kind, Kind::Name | Kind::First);
    let goes_on = move |a: &Term, b: &Term| {
        is_name(a) && is_name(b) && text.get(a.range.end..b.range.start) == Some(" ")
    };
    terms.chunk_by(goes_on).filter(|run| (2..=LONGEST_NAME).contains(&run.len()))
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
    fn names_that_look_alike_are_confused() {
        assert!(is_confused("Herr Maier warnt.", "Frau Meier warnt."));
        assert!(is_confused("Selon Lucie Arnaud", "selon Lucile Renaud"));
        assert!(!is_confused("Herr Meier warnt.", "Frau Meier warnt."));
        assert!(!is_confused("Ada warnt.", "Frau Meier warnt."));
        assert!(!is_confused("The Boats sail.", "The Boat sails."));
        assert!(!is_confused("On 3 October", "Am 3. Oktober"));
    }

    #[test]
    fn german_nouns_are_no_names() {
        let text = "Frau Meier und der Bauer Alois Thaler sehen den Wind und die Heizung. Das ist nicht neu. Wind weht im Tal.";
        let mut names: Vec<String> = german_names(text).expect("German").into_iter().collect();
        names.sort();
        assert_eq!(names, ["aloi", "meier", "thal"].map(String::from));
        assert_eq!(german_names("The wind of the valley is strong."), None);
    }
}
