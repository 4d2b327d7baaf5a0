//! Whether a sentence is its passage's own words. Of what the smallest models write little else is true
//! (docs/decisions/sentences-and-their-passages.md has the figures).

use crate::{grounding::terms::is_stop, sentences::is_question, words::words};
use std::collections::HashSet;

/// Values in the weights of a model of which more than copies is linked.
pub const CAREFUL_BELOW: u64 = 1_000_000_000;
/// Share of a copy's words that stand in its passage in the same order, or in the question that it answers.
const SHARE: f32 = 0.85;
/// Share of them that stand in the passage.
const OWN_SHARE: f32 = 0.6;
/// Fewer words than this in common are chance.
const LEAST_WORDS: usize = 4;
/// Fewer words than this without a full stop are a heading, or part of a sentence.
const LEAST_OPEN_WORDS: usize = 7;
/// Most words that a copy leaves out in one place.
const MOST_LEFT_OUT: usize = 2;
/// Most words of "The text says that".
const MOST_REPORTING: usize = 5;
/// Most words of a text that are compared.
const MOST_WORDS: usize = 256;

/// Articles, and what makes a perfect of a verb: "the town has voted" and "town votes".
const LIGHT: [&str; 28] = [
    "a", "an", "das", "dem", "den", "der", "des", "die", "ein", "eine", "einem", "einen", "einer", "el",
    "ha", "habe", "haben", "had", "han", "has", "hat", "have", "la", "las", "le", "les", "los", "the",
];
/// What a model calls the page, as keys of words.
const SOURCES: [&str; 6] = ["articl", "author", "document", "pag", "passag", "text"];
/// Who speaks, and to whom: another one says something else.
const PERSONS: [&str; 14] =
    ["du", "i", "ich", "je", "me", "my", "nous", "our", "tu", "us", "vous", "we", "wir", "you"];

/// A sentence that may be a copy, ready to be held against many passages.
pub struct Suspect {
    said: Vec<Key>,
    /// Words of the question that it answers.
    asked: HashSet<String>,
    /// It has no full stop.
    is_open: bool,
}

impl Suspect {
    /// `question` is what the sentence answers, if anything. None for a sentence that can be no copy: one that asks.
    pub fn new(sentence: &str, question: Option<&str>) -> Option<Self> {
        let sentence = reported(sentence);
        if is_question(sentence) {
            return None;
        }
        let asked = question.map(keys).into_iter().flatten().map(|word| word.key).collect();
        Some(Self { said: keys(sentence), asked, is_open: !is_closed(sentence) })
    }

    /// Whether it copies `passage`: at least 85% of its words are the passage's, in its order, articles aside. What a
    /// sentence takes over from the question it answers need not be there. `is_known` tells whether the source has a word
    /// anywhere: a copy has no other. O(words of the sentence × words of the passage).
    pub fn copies(&self, passage: &str, is_known: impl Fn(&str) -> bool) -> bool {
        let said = &self.said;
        if self.is_open && (said.len() < LEAST_OPEN_WORDS || !is_closed(passage)) {
            return false;
        }
        let held = keys(passage);
        let known: HashSet<&str> = held.iter().map(|word| word.key.as_str()).collect();
        let (taken_over, new): (Vec<&Key>, Vec<&Key>) = said
            .iter()
            .filter(|word| !known.contains(word.key.as_str()))
            .partition(|word| self.asked.contains(&word.key));
        let is_another = |word: &Key| PERSONS.contains(&word.key.as_str());
        if taken_over.iter().chain(&new).any(|word| is_another(word))
            || new.iter().any(|word| word.tells && !is_known(&word.key))
        {
            return false;
        }
        let own = common(said, &held);
        let share = |count: usize| count as f32 / said.len().max(1) as f32;
        own >= LEAST_WORDS.min(said.len()).max(2)
            && share(own + taken_over.len()) >= SHARE
            && share(own) >= OWN_SHARE
    }
}

/// A word that is compared.
struct Key {
    key: String,
    /// Behind a comma or the like.
    begins: bool,
    /// It says something about a subject; a single ideograph is no word.
    tells: bool,
}

fn keys(text: &str) -> Vec<Key> {
    let mut end = 0;
    let mut begins = false;
    let mut found = Vec::new();
    for word in words(text).take(MOST_WORDS) {
        begins |= text[end..word.range.start].contains([',', ';', ':', '(', ')', '–', '—', '、', '，']);
        end = word.range.end;
        let lower = text[word.range.clone()].to_lowercase();
        if !LIGHT.contains(&lower.as_str()) {
            let tells = !is_stop(&word, &lower) && word.key.chars().nth(1).is_some();
            // "We're" and "we are".
            let key = word.key.split('\'').next().unwrap_or_default().to_owned();
            found.push(Key { key, begins, tells });
            begins = false;
        }
    }
    found
}

/// Whether a text ends as a sentence does.
fn is_closed(text: &str) -> bool {
    let closing =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | '」' | '』' | '）');
    text.trim_end_matches(closing).ends_with(['.', '!', '…', '。', '！'])
}

/// What "The text says that" reports; without such words the whole.
fn reported(sentence: &str) -> &str {
    let mut before = words(sentence).take(MOST_REPORTING + 1);
    let is_source = before.by_ref().take(2).any(|word| SOURCES.contains(&word.key.as_str()));
    let that = before.find(|word| &sentence[word.range.clone()] == "that").map(|word| word.range.end);
    let colon = sentence.find(": ").filter(|&at| words(&sentence[..at]).count() <= MOST_REPORTING);
    match that.or(colon.map(|at| at + 2)) {
        Some(end) if is_source => sentence[end..].trim_start_matches([' ', '"', '“']),
        _ => sentence,
    }
}

/// Length of the longest subsequence of `said` that stands in `held` with no more than [`MOST_LEFT_OUT`] words in between, or whole
/// clauses.
fn common(said: &[Key], held: &[Key]) -> usize {
    // Of those that end at a word of `held`.
    let mut longest = vec![0; held.len()];
    for word in said {
        for i in (0..held.len()).rev().filter(|&i| word.key == held[i].key) {
            let first = if held[i].begins { 0 } else { i.saturating_sub(MOST_LEFT_OUT + 1) };
            longest[i] = longest[i].max(1 + longest[first..i].iter().max().copied().unwrap_or(0));
        }
    }
    longest.into_iter().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_copy(sentence: &str, passage: &str, question: Option<&str>) -> bool {
        Suspect::new(sentence, question).is_some_and(|suspect| suspect.copies(passage, |_| true))
    }

    const PASSAGE: &str = "A second key costs eight pounds, and we keep the old one until the sixteenth.";

    #[test]
    fn a_copy_may_leave_out_what_surrounds_it() {
        assert!(is_copy("A second key costs eight pounds.", PASSAGE, None));
        assert!(is_copy("The second key costs eight pounds.", PASSAGE, None));
        assert!(is_copy(
            "銀行との連携は、みどり銀行だけ使えません。",
            "銀行との連携は、みどり銀行だけまだ使えません。",
            None
        ));
    }

    #[test]
    fn its_words_stand_in_order_and_few_are_new() {
        assert!(!is_copy("Eight pounds costs the second key.", PASSAGE, None));
        assert!(!is_copy("A second key is free for members and costs eight pounds.", PASSAGE, None));
        assert!(!is_copy("Keep the key.", PASSAGE, None));
    }

    #[test]
    fn the_question_may_supply_words_but_not_most_of_them() {
        let question = Some("What does another padlock cost?");
        assert!(is_copy("Another key costs eight pounds.", PASSAGE, question));
        assert!(!is_copy("Another key costs eight pounds.", PASSAGE, None));
        assert!(!is_copy("Another padlock cost eight pounds.", "He has eight pounds of flour.", question));
    }

    #[test]
    fn what_is_said_to_be_said_counts() {
        assert!(is_copy("The text states that a second key costs eight pounds.", PASSAGE, None));
        assert!(is_copy("The text says: \"A second key costs eight pounds.", PASSAGE, None));
        assert!(!is_copy("The text is about a key that costs eight pounds.", PASSAGE, None));
        assert!(!is_copy("What costs eight pounds, and until the sixteenth?", PASSAGE, None));
    }

    #[test]
    fn nothing_is_left_out_in_the_middle() {
        let passage = "It is a bag for people who camp when others have gone home.";
        assert!(is_copy("It is a bag for people who camp.", passage, None));
        assert!(!is_copy("It is a bag for people who have gone home.", passage, None));
    }

    #[test]
    fn headings_and_fragments_state_nothing() {
        assert!(!is_copy("Duties of the hirer", "2. Duties of the hirer", None));
        assert!(!is_copy("Two Days of Open Towers", "Two days of open towers for all ringers.", None));
        assert!(is_copy("A second key costs eight pounds, and we keep the old one", PASSAGE, None));
    }

    #[test]
    fn another_person_is_another_statement() {
        assert!(is_copy("And we keep the old one until the sixteenth.", PASSAGE, None));
        assert!(!is_copy(
            "A second key costs eight pounds, and you keep the old one until the sixteenth.",
            PASSAGE,
            None
        ));
    }

    #[test]
    fn a_word_that_the_source_has_nowhere_is_made_up() {
        let sentence = "A second padlock costs eight pounds, and we keep the old one.";
        let suspect = Suspect::new(sentence, None).expect("it states something");
        assert!(suspect.copies(PASSAGE, |key| key == "padlock"));
        assert!(!suspect.copies(PASSAGE, |_| false));
    }

    #[test]
    fn words_in_between_are_few_or_whole_clauses() {
        let common = |a, b| common(&keys(a), &keys(b));
        assert_eq!(common("one two three four five", "x one x three x five"), 3);
        assert_eq!(
            common("one two three four five", "one two x x x three four five"),
            3,
            "too much is left out"
        );
        assert_eq!(common("one two three four five", "one two x x x, three four five"), 5);
        assert_eq!(common("", "one"), 0);
    }
}
