//! Whether a sentence is its passage's own words. Of what the smallest models write little else is true
//! (docs/decisions/sentences-and-their-passages.md has the figures).

use crate::{
    grounding::terms::{Kind, is_stop, terms},
    sentences::is_question,
    words::{Word, words},
};
use std::{collections::HashSet, iter};

/// Values in the weights of a model of which more than copies is linked.
pub const CAREFUL_BELOW: u64 = 1_000_000_000;
/// Share of a copy's words that stand in its passage in the same order, or in the question that it answers.
const SHARE: f32 = 0.85;
/// Share of them that stand in the passage.
const OWN_SHARE: f32 = 0.6;
/// Fewer words than this in common are chance.
const LEAST_WORDS: usize = 4;
/// A sentence of fewer words than this states too little to be a copy of anything.
const FEWEST_WORDS: usize = 3;
/// Fewer words than this without a full stop are a heading, or part of a sentence.
const LEAST_OPEN_WORDS: usize = 7;
/// Most words that a copy leaves out in one place.
const MOST_LEFT_OUT: usize = 2;
/// Most words of "The text says that".
const MOST_REPORTING: usize = 5;
/// Most words of a text that are compared.
const MOST_WORDS: usize = 256;

/// Articles, "and" and "that", and what makes a perfect of a verb: "the town has voted to keep the ferry" and "town votes to keep its
/// ferry".
const LIGHT: [&str; 39] = [
    "a", "an", "and", "das", "dass", "dem", "den", "der", "des", "die", "ein", "eine", "einem", "einen",
    "einer", "el", "et", "ha", "habe", "haben", "had", "han", "has", "hat", "have", "its", "la", "las", "le",
    "les", "los", "that", "the", "these", "this", "those", "und", "un", "y",
];
/// Endings without which two forms of a word are the same, the longer first.
const ENDINGS: [&str; 12] = ["est", "ing", "ed", "em", "en", "er", "es", "et", "e", "n", "s", "t"];
/// Fewest letters that stand for a word.
const LEAST_ROOT: usize = 3;
/// What a model calls the page, and what it says, as keys of words.
const SOURCES: [&str; 7] = ["answ", "articl", "author", "document", "pag", "passag", "text"];
/// What parts clauses.
const CLAUSE_ENDS: [char; 9] = [',', ';', ':', '(', ')', '–', '—', '、', '，'];
/// What parts sentences.
const SENTENCE_ENDS: [char; 7] = ['.', '!', '?', '。', '！', '？', '\n'];
/// What parts the items of a line.
const ITEM_ENDS: [char; 4] = ['·', '•', '|', '\n'];
/// How it says something, as keys.
const REPORTING: [&str; 5] = ["explain", "mention", "report", "say", "stat"];
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
    /// It says how much of something: "Cooking 45 minutes".
    is_amount: bool,
}

impl Suspect {
    /// `question` is what the sentence answers, if anything. None for a sentence that can be no copy: one that asks.
    pub fn new(sentence: &str, question: Option<&str>) -> Option<Self> {
        let sentence = reported(sentence);
        if is_question(sentence) {
            return None;
        }
        let asked = question.map(keys).into_iter().flatten().map(|word| word.root).collect();
        Some(Self {
            said: keys(sentence),
            asked,
            is_open: !is_closed(sentence),
            is_amount: is_amount(sentence),
        })
    }

    /// Whether it copies `passage`: at least 85% of its words are the passage's, in its order, articles aside. What a
    /// sentence takes over from the question it answers need not be there. `is_known` tells whether the source has a word
    /// anywhere: a copy has no other. O(words of the sentence × words of the passage).
    pub fn copies(&self, passage: &str, is_known: impl Fn(&str) -> bool) -> bool {
        let said = &self.said;
        if self.is_open && self.is_amount && passage.split(ITEM_ENDS).any(|item| is_same(said, &keys(item))) {
            return true;
        }
        if self.is_open && (said.len() < LEAST_OPEN_WORDS || !is_closed(passage)) {
            return false;
        }
        let held = keys(passage);
        let known: HashSet<&str> = held.iter().map(|word| word.root.as_str()).collect();
        let (taken_over, new): (Vec<&Key>, Vec<&Key>) = said
            .iter()
            .filter(|word| !known.contains(word.root.as_str()))
            .partition(|word| self.asked.contains(&word.root));
        let is_another = |word: &Key| PERSONS.contains(&word.key.as_str());
        if taken_over.iter().chain(&new).any(|word| is_another(word))
            || new.iter().any(|word| word.tells && !is_known(&word.key))
        {
            return false;
        }
        let common = common(said, &held);
        let own = common.len();
        let share = |count: usize| count as f32 / said.len().max(1) as f32;
        if replaces(said, &held, &common) {
            return false;
        }
        own >= LEAST_WORDS.min(said.len()).max(FEWEST_WORDS)
            && share(own + if is_closed(passage) { taken_over.len() } else { 0 }) >= SHARE
            && share(own) >= OWN_SHARE
    }
}

/// A word that is compared.
struct Key {
    key: String,
    /// What its forms share.
    root: String,
    /// The first of a sentence.
    opens: bool,
    /// The first of a clause: behind a comma or the like.
    begins: bool,
    /// It says something about a subject; a single ideograph is no word.
    tells: bool,
}

fn keys(text: &str) -> Vec<Key> {
    let mut end = 0;
    let (mut opens, mut begins) = (true, true);
    let mut found = Vec::new();
    for word in words(text).take(MOST_WORDS) {
        let between = &text[end..word.range.start];
        opens |= end > 0 && between.contains(SENTENCE_ENDS);
        begins |= opens || between.contains(CLAUSE_ENDS);
        end = word.range.end;
        let lower = text[word.range.clone()].to_lowercase();
        if !LIGHT.contains(&lower.as_str()) {
            let tells = !is_stop(&word, &lower)
                && word.key.chars().nth(1).is_some()
                && lower != "one"
                && lower != "ones";
            // "We're" and "we are".
            let key = word.key.split('\'').next().unwrap_or_default().to_owned();
            let root = if tells { root(&key).to_owned() } else { key.clone() };
            found.push(Key { key, root, opens, begins, tells });
            (opens, begins) = (false, false);
        }
    }
    found
}

/// What "votes" and "voted" share, "steigt" and "steigen".
fn root(key: &str) -> &str {
    let cut = |ending: &&str| key.strip_suffix(*ending).filter(|root| root.len() >= LEAST_ROOT);
    ENDINGS.iter().find_map(cut).unwrap_or(key)
}

/// Whether a text begins with a word and ends with a number of something, other than of a month.
fn is_amount(text: &str) -> bool {
    let terms = terms(text);
    matches!(&terms[..], [first, .., number, unit]
        if first.kind != Kind::Number && number.kind == Kind::Number && unit.kind == Kind::Unit)
}

/// Whether the words of both are the same, in the same order.
fn is_same(said: &[Key], held: &[Key]) -> bool {
    said.iter().map(|word| &word.root).eq(held.iter().map(|word| &word.root))
}

/// Whether a text ends as a sentence does.
pub fn is_closed(text: &str) -> bool {
    let closing =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | '」' | '』' | '）');
    text.trim_end_matches(closing).ends_with(['.', '!', '…', '。', '！'])
}

/// What "The text says that" reports, or "The correct answer is:"; without such words the whole.
fn reported(sentence: &str) -> &str {
    let before: Vec<Word> = words(sentence).take(MOST_REPORTING).collect();
    let Some(source) = before.iter().take(3).position(|word| SOURCES.contains(&word.key.as_str())) else {
        return sentence;
    };
    let says = before[source..].iter().find(|word| REPORTING.contains(&word.key.as_str()));
    let colon = sentence.find(": ").filter(|&at| words(&sentence[..at]).count() <= MOST_REPORTING);
    match colon.map(|at| at + 1).or(says.map(|word| word.range.end)) {
        Some(end) => {
            let rest = sentence[end..].trim_start_matches([' ', ',', '"', '“']);
            rest.strip_prefix("that ").unwrap_or(rest).trim_start_matches(['"', '“'])
        }
        None => sentence,
    }
}

/// The longest subsequence of `said` that stands in `held` with no more than [`MOST_LEFT_OUT`] words in between, or whole
/// clauses; who is spoken of in a sentence is said at its beginning, so that it is entered there. Places in `said`, with those in `held`.
fn common(said: &[Key], held: &[Key]) -> Vec<(usize, usize)> {
    /// A word in common, the last of so many, and the one before.
    struct Link {
        place: (usize, usize),
        length: usize,
        before: Option<usize>,
    }
    let mut links: Vec<Link> = Vec::new();
    // The first word of each word's sentence.
    let opening: Vec<usize> = (0..held.len())
        .scan(0, |first, i| {
            *first = if held[i].opens { i } else { *first };
            Some(*first)
        })
        .collect();
    // The end of the longest that ends at a word of `held`.
    let mut ends: Vec<Option<usize>> = vec![None; held.len()];
    for (at, word) in said.iter().enumerate() {
        for i in (0..held.len()).rev().filter(|&i| word.root == held[i].root) {
            let near = i.saturating_sub(MOST_LEFT_OUT + 1);
            let first = match &held[i] {
                Key { opens: true, .. } => near,
                Key { begins: true, .. } => opening[i],
                _ => near.max(opening[i]),
            };
            let before = ends[first..i].iter().copied().flatten().max_by_key(|&link| links[link].length);
            let length = 1 + before.map_or(0, |link| links[link].length);
            if ends[i].is_none_or(|link| links[link].length <= length) {
                ends[i] = Some(links.len());
                links.push(Link { place: (at, i), length, before });
            }
        }
    }
    let last = ends.into_iter().flatten().max_by_key(|&link| links[link].length);
    let mut places: Vec<_> =
        iter::successors(last, |&link| links[link].before).map(|link| links[link].place).collect();
    places.reverse();
    places
}

/// Whether a word of `said` that is not in common stands where `held` has another.
fn replaces(said: &[Key], held: &[Key], common: &[(usize, usize)]) -> bool {
    let tells = |words: &[Key]| words.iter().any(|word| word.tells);
    let Some(&(ours, theirs)) = common.last() else { return false };
    let rest = held[theirs + 1..].iter().take(said.len() - ours - 1).take_while(|word| !word.opens).count();
    let after = (ours + 1..said.len(), theirs + 1..theirs + 1 + rest);
    let between = common.windows(2).map(|pair| (pair[0].0 + 1..pair[1].0, pair[0].1 + 1..pair[1].1));
    between.chain([after]).any(|(ours, theirs)| tells(&said[ours]) && tells(&held[theirs]))
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
        assert!(is_copy("The text also says \"A second key costs eight pounds.\"", PASSAGE, None));
        assert!(is_copy("The correct answer is: A second key costs eight pounds.", PASSAGE, None));
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
    fn a_word_may_take_another_form_but_none_may_stand_for_another() {
        assert!(is_copy(
            "The town has voted to keep the night ferry.",
            "Harbour town votes to keep its night ferry",
            None
        ));
        let question = Some("What is a second key?");
        assert!(is_copy("The second key costs eight pounds.", "A second one costs eight pounds.", question));
        let passage = "It is not loud, but you feel it in the floor.";
        assert!(!is_copy("It is not hot, but you feel it in the floor.", passage, None));
        assert!(is_copy("The noise is not loud, but you feel it in the floor.", passage, None));
        let passage = "We may exclude a person who endangers others, at once and without a refund.";
        let another = "We may exclude a person who endangers others, at once and without limit.";
        assert!(!is_copy(another, passage, None));
    }

    #[test]
    fn an_amount_in_a_list_is_a_statement() {
        let passage = "Serves four · Preparation 15 minutes · Cooking 45 minutes";
        assert!(is_copy("Cooking 45 minutes", passage, None));
        assert!(!is_copy("Cooking 15 minutes", passage, None));
        assert!(!is_copy("Cooking", passage, None));
        assert!(!is_copy("Keys, 9 May 2026", "Keys, 9 May 2026", None), "a date is no amount");
        assert!(!is_copy("Unit 2: What the clouds say", "Unit 2: What the clouds say", None));
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
        let sentence = "A second key costs eight pounds, and we keep the old padlock.";
        let suspect = Suspect::new(sentence, None).expect("it states something");
        assert!(suspect.copies(PASSAGE, |key| key == "padlock"));
        assert!(!suspect.copies(PASSAGE, |_| false));
    }

    #[test]
    fn words_in_between_are_few_or_whole_clauses() {
        let common = |a, b| common(&keys(a), &keys(b)).len();
        assert_eq!(common("one two three four five", "x one x three x five"), 3);
        assert_eq!(
            common("one two three four five", "one two x x x three four five"),
            3,
            "too much is left out"
        );
        assert_eq!(common("one two three four five", "one two x x x, three four five"), 5);
        assert_eq!(common("two three four", "one, two three. Two, a x, four"), 2, "another's subject");
        assert_eq!(common("", "one"), 0);
    }
}
