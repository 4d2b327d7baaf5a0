//! Whether a sentence is its passage's own words. Of what the smallest models write little else is true
//! (docs/decisions/sentences-and-their-passages.md has the figures).

use crate::{
    grounding::alignment::{Alignment, Key, keys},
    grounding::terms::{Kind, Term, terms},
    sentences::is_question,
    words::{Word, words},
};
use std::collections::HashSet;

/// Values in the weights of a model of which more than copies is linked.
pub const CAREFUL_BELOW: u64 = 1_000_000_000;
/// Share of a copy's words that stand in its passage in the same order, or in the question that it answers.
const SHARE: f32 = 0.8;
/// Share of them that stand in the passage.
const OWN_SHARE: f32 = 0.6;
/// Fewer words than this in common are chance.
const LEAST_WORDS: usize = 4;
/// A sentence of fewer words than this states too little to be a copy of anything.
const FEWEST_WORDS: usize = 3;
/// Fewer words than this without a full stop are a heading, or part of a sentence.
const LEAST_OPEN_WORDS: usize = 7;
/// Most words of "The text says that".
const MOST_REPORTING: usize = 5;
/// Most words of what announces a quotation.
const MOST_BEFORE_QUOTE: usize = 12;

/// What a model calls the page, and what it says, as keys of words.
const SOURCES: [&str; 7] = ["answ", "articl", "author", "document", "pag", "passag", "text"];
/// What parts the items of a line.
const ITEM_ENDS: [char; 4] = ['·', '•', '|', '\n'];
/// How it says something, as keys.
const REPORTING: [&str; 5] = ["explain", "mention", "report", "say", "stat"];

/// What makes a denial of "The text says that".
const DENIALS: [&str; 6] = ["keine", "never", "nicht", "no", "not", "nowhere"];

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

    /// Whether it is a part of `passage` word for word: such whole clauses say nothing else.
    pub fn is_verbatim(&self, passage: &str) -> bool {
        Alignment::new(&self.said, &keys(passage)).is_verbatim()
    }

    /// Whether it copies `passage`: more than four fifths of its words are the passage's, in its order, articles aside, and none stands for another.
    /// What a sentence takes over from the question it answers need not be there, unless the passage is a heading. `is_known` tells whether the
    /// source has a word in the passage or shortly before: a copy has no other. O(words of the sentence × words of the passage).
    pub fn copies(&self, passage: &str, is_known: impl Fn(&str) -> bool) -> bool {
        let said = &self.said;
        if self.is_open && self.is_amount && passage.split(ITEM_ENDS).any(|item| is_same(said, &keys(item))) {
            return true;
        }
        let is_heading = !is_closed(passage);
        if self.is_open && (said.len() < LEAST_OPEN_WORDS || is_heading) {
            return false;
        }
        let held = keys(passage);
        let stands = |word: &Key| held.iter().any(|other| other.root == word.root);
        let (taken_over, new): (Vec<&Key>, Vec<&Key>) =
            said.iter().filter(|word| !stands(word)).partition(|word| self.asked.contains(&word.root));
        let is_another = |word: &&Key| word.is_speaker;
        let is_made_up = |word: &&Key| word.tells && !is_known(&word.key);
        if taken_over.iter().chain(&new).any(is_another) || new.iter().any(is_made_up) {
            return false;
        }
        let alignment = Alignment::new(said, &held);
        if alignment.drops_hedge()
            || alignment.moves()
            || alignment.replaces()
            || self.is_open && alignment.breaks_off()
        {
            return false;
        }
        let own = alignment.len();
        // A heading says nothing of what is asked.
        let asked = if is_heading { 0 } else { taken_over.len() };
        let share = |count: usize| count as f32 / said.len().max(1) as f32;
        own >= LEAST_WORDS.min(said.len()).max(FEWEST_WORDS)
            && share(own + asked) > SHARE
            && share(own) >= OWN_SHARE
    }
}

/// Whether a text says how much of something there is: a number with its unit, and a word.
fn is_amount(text: &str) -> bool {
    let terms = terms(text);
    let is_counted = |pair: &[Term]| pair[0].kind == Kind::Number && pair[1].kind == Kind::Unit;
    terms.len() > 2 && terms.windows(2).any(is_counted)
}

/// Whether the words of both are the same, in the same order.
fn is_same(said: &[Key], held: &[Key]) -> bool {
    said.iter().map(|word| &word.root).eq(held.iter().map(|word| &word.root))
}

/// Whether a text ends as a sentence does.
pub fn is_closed(text: &str) -> bool {
    let closing =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | '」' | '』' | '）');
    text.trim_end_matches(closing).ends_with(['.', '!', '…', '。', '！', '।', '｡'])
}

/// What "The text says that" reports, or "The correct answer is:"; without such words the whole.
fn reported(sentence: &str) -> &str {
    let before: Vec<Word> = words(sentence).take(MOST_REPORTING).collect();
    let Some(source) = before.iter().take(3).position(|word| SOURCES.contains(&word.key.as_str())) else {
        return sentence;
    };
    let is_denial = |word: &Word| {
        let lower = sentence[word.range.clone()].to_lowercase();
        DENIALS.contains(&lower.as_str()) || lower.ends_with("n't") || lower.ends_with("n’t")
    };
    if before[source..].iter().any(is_denial) {
        return sentence;
    }
    let says = before[source..].iter().find(|word| REPORTING.contains(&word.key.as_str()));
    let colon = sentence.find(": ").filter(|&at| {
        let is_quote = sentence[at + 2..].starts_with(['"', '“', '«']);
        words(&sentence[..at]).count() <= if is_quote { MOST_BEFORE_QUOTE } else { MOST_REPORTING }
    });
    match colon.map(|at| at + 1).or(says.map(|word| word.range.end)) {
        Some(end) => {
            let rest = sentence[end..].trim_start_matches([' ', ',', '"', '“', '«']);
            rest.strip_prefix("that ").unwrap_or(rest).trim_start_matches(['"', '“'])
        }
        None => sentence,
    }
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
        let whole = "A second key costs eight pounds, and we keep the old one until the sixteenth";
        assert!(is_copy(whole, PASSAGE, None));
        assert!(is_copy(
            "We keep the old one of the two in a drawer",
            "We keep the old one of the two in a drawer, locked.",
            None
        ));
        assert!(
            !is_copy("A second key costs eight pounds, and we keep the old one", PASSAGE, None),
            "it breaks off"
        );
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
    fn conditions_and_denials_are_not_left_out() {
        let will = "The ferry will run daily.";
        assert!(is_copy(will, "The ferry will run daily, and twice on Sundays.", None));
        assert!(!is_copy(will, "The ferry will run daily if the council pays.", None));
        assert!(!is_copy(will, "If it rains, the ferry will run daily.", None));
        assert!(!is_copy(will, "It was thought the ferry will run daily.", None));
        assert!(!is_copy("The text does not say that a second key costs eight pounds.", PASSAGE, None));
        let dogs = Suspect::new("Dogs are allowed on the beach.", None).expect("it states something");
        assert!(!dogs.is_verbatim("No dogs are allowed on the beach."));
        assert!(dogs.is_verbatim("Dogs are allowed on the beach."));
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
    fn persons_are_known_in_other_languages() {
        let passage = "Il garde la clé jusqu'au seize mai.";
        assert!(is_copy("Il garde la clé jusqu'au seize mai.", passage, None));
        assert!(!is_copy("Elle garde la clé jusqu'au seize mai.", passage, None));
        assert!(!is_copy("Vous garde la clé jusqu'au seize mai.", passage, None));
    }

    #[test]
    fn a_word_that_the_source_has_nowhere_near_is_made_up() {
        let sentence = "A second key costs eight pounds, and we keep the old padlock.";
        let suspect = Suspect::new(sentence, None).expect("it states something");
        assert!(suspect.copies(PASSAGE, |key| key == "padlock"));
        assert!(!suspect.copies(PASSAGE, |_| false));
    }
}
