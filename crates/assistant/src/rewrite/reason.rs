//! Why a correction was made, told from the words before and after alone.
//!
//! There is no dictionary here, so that a class is only named where the two texts show it. Everything else is
//! [`Reason::Wording`]: it changed, and why is not clear.

use super::checks::{distance, negations};
use crate::words::words;
use protocol::Reason;

/// Words that are taken for one another. Each line is a group.
const CONFUSED: &[&[&str]] = &[
    &["there", "their", "they're"],
    &["your", "you're"],
    &["its", "it's"],
    &["were", "where", "we're", "was"],
    &["then", "than"],
    &["to", "too", "two"],
    &["of", "off", "have"],
    &["whose", "who's"],
    &["affect", "effect"],
    &["loose", "lose"],
    &["quiet", "quite"],
    &["accept", "except"],
    &["advice", "advise"],
    &["weather", "whether"],
    &["hear", "here"],
    &["know", "now", "no"],
    &["buy", "by", "bye"],
    &["passed", "past"],
    &["threw", "through"],
    &["brake", "break"],
    &["peace", "piece"],
    &["hole", "whole"],
    &["which", "witch"],
    &["principal", "principle"],
    &["since", "for"],
];

/// Forms of one verb that share no letters to tell it by.
const VERBS: &[&[&str]] = &[
    &["be", "am", "is", "are", "was", "were", "been", "being"],
    &["have", "has", "had", "having"],
    &["do", "does", "did", "done", "doing", "don't", "doesn't", "didn't", "dont", "doesnt", "didnt"],
    &["go", "goes", "went", "gone", "going"],
    &["come", "comes", "came", "coming"],
    &["see", "sees", "saw", "seen"],
    &["take", "takes", "took", "taken"],
    &["give", "gives", "gave", "given"],
    &["write", "writes", "wrote", "written"],
    &["send", "sends", "sent", "sending"],
    &["get", "gets", "got", "gotten"],
    &["make", "makes", "made", "making"],
    &["say", "says", "said"],
    &["tell", "tells", "told"],
    &["think", "thinks", "thought"],
    &["bring", "brings", "brought"],
    &["buy", "buys", "bought"],
    &["find", "finds", "found"],
    &["know", "knows", "knew", "known"],
    &["speak", "speaks", "spoke", "spoken"],
    &["eat", "eats", "ate", "eaten"],
    &["begin", "begins", "began", "begun"],
    &["can", "could"],
    &["will", "would"],
    &["this", "these"],
    &["that", "those"],
    &["a", "an", "the"],
];

/// Words that stand for their grammar alone.
const FUNCTION_WORDS: &[&str] = &[
    "a", "an", "the", "to", "of", "in", "on", "at", "for", "from", "by", "with", "is", "are", "was", "were",
    "am", "be", "been", "has", "have", "had", "do", "does", "did", "that", "which", "who", "it", "and",
];

/// Endings by which the forms of an English word differ.
const ENDINGS: &[&str] = &["", "s", "es", "ed", "d", "ing", "er", "est", "ly", "n", "en", "'s", "s'"];

/// Pronouns by person: exchanging them changes who is meant.
const PERSONS: &[&[&str]] = &[
    &["i", "me", "my", "mine", "i'm", "i've", "i'll", "i'd"],
    &["we", "us", "our", "ours", "we're", "we've", "we'll"],
    &["you", "your", "yours", "you're", "you've", "you'll"],
    &["he", "him", "his", "he's"],
    &["she", "her", "hers", "she's"],
    &["they", "them", "their", "theirs", "they're", "they've"],
];

/// The class of a change from `before` to `after`, of which at least one is not empty. `english` says whether the rules of
/// English may be used.
pub fn reason(before: &str, after: &str, english: bool) -> Reason {
    let (old, new) = (plain(before), plain(after));
    let bare = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    if bare(&old) == bare(&new) {
        return Reason::Spacing;
    }
    let letters = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    if old.to_lowercase() == new.to_lowercase() {
        return Reason::Capitalisation;
    }
    if letters(&old).to_lowercase() == letters(&new).to_lowercase() && !letters(&old).is_empty() {
        return Reason::Punctuation;
    }
    if (negations(&old) == 0) != (negations(&new) == 0) {
        return Reason::Wording;
    }
    let (old_words, new_words) = (word_list(&old), word_list(&new));
    match (&old_words[..], &new_words[..]) {
        ([], []) => Reason::Punctuation,
        ([], [word]) | ([word], []) if english && is_in(FUNCTION_WORDS, word) => Reason::Grammar,
        ([before], [after]) => one_word(before, after, english),
        (before, after) if english && same_but_forms(before, after) => Reason::Grammar,
        _ => Reason::Wording,
    }
}

fn one_word(before: &str, after: &str, english: bool) -> Reason {
    if english {
        if in_one_group(VERBS, before, after) {
            return Reason::Grammar;
        }
        if is_confused(before, after) {
            return Reason::WordChoice;
        }
        if is_in(FUNCTION_WORDS, before) && is_in(FUNCTION_WORDS, after) {
            return Reason::Grammar;
        }
    }
    // What differs behind the common beginning: two endings, or letters that were wrong.
    let common = common_prefix(before, after);
    let (one, other) = (&before[common..], &after[common..]);
    let is_form =
        common >= 2 && (is_in(ENDINGS, one) && is_in(ENDINGS, other) || one == "y" && other == "ies");
    if is_form {
        return if english { Reason::Grammar } else { Reason::Wording };
    }
    if is_misspelt(before, after) {
        // Of a language whose endings are not known here, a changed ending may be either.
        let at_the_end = !english && one.chars().count().max(other.chars().count()) <= 2;
        return if at_the_end { Reason::Wording } else { Reason::Spelling };
    }
    Reason::WordChoice
}

/// Whether two words are near enough for one to be the other's misspelling.
pub fn is_misspelt(before: &str, after: &str) -> bool {
    let longer = before.chars().count().max(after.chars().count());
    let first = before.chars().next() == after.chars().next();
    let most = match longer {
        0..=4 => 1,
        5..=9 => 2,
        _ => 3,
    };
    let apart = distance(before, after);
    apart <= most && (first || apart == 1) && apart * 2 < longer + 1
}

/// Whether two words are commonly taken for one another.
pub fn is_confused(before: &str, after: &str) -> bool {
    in_one_group(CONFUSED, &before.to_lowercase(), &after.to_lowercase())
}

/// Whether the change turns a statement round, or says it of somebody else: then why matters less than what.
pub fn changes_meaning(before: &str, after: &str) -> bool {
    if (negations(before) == 0) != (negations(after) == 0) {
        return true;
    }
    let persons = |text: &str| -> Vec<usize> {
        let words = word_list(&plain(text));
        let of = |word: &String| PERSONS.iter().position(|group| is_in(group, word));
        let mut found: Vec<usize> = words.iter().filter_map(of).collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    let (old, new) = (persons(before), persons(after));
    // "your" for "you're" is the same person; "there" for "they're" only brings one.
    old != new && !(is_confused(before.trim(), after.trim()))
}

/// The words of both are the same in order, but for at most one form and for words that grammar asks for.
fn same_but_forms(before: &[String], after: &[String]) -> bool {
    if before.len().max(after.len()) > 4 {
        return false;
    }
    let content = |words: &[String]| -> Vec<String> {
        words.iter().filter(|w| !is_in(FUNCTION_WORDS, w)).cloned().collect()
    };
    let (old, new) = (content(before), content(after));
    old.len() == new.len()
        && old.iter().zip(&new).all(|(a, b)| a == b || one_word(a, b, true) == Reason::Grammar)
}

fn plain(text: &str) -> String {
    text.replace(['’', '‘'], "'").replace(['“', '”'], "\"")
}

fn word_list(text: &str) -> Vec<String> {
    words(text).map(|w| text[w.range].to_lowercase()).collect()
}

fn is_in(list: &[&str], word: &str) -> bool {
    list.contains(&word)
}

fn in_one_group(groups: &[&[&str]], a: &str, b: &str) -> bool {
    a != b && groups.iter().any(|group| is_in(group, a) && is_in(group, b))
}

/// Bytes that two words begin with alike.
fn common_prefix(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(x, y)| x == y).map(|(x, _)| x.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reason::{Capitalisation, Grammar, Punctuation, Spacing, Spelling, WordChoice, Wording};

    #[test]
    fn each_class_is_told() {
        for (before, after, expected) in [
            ("kichen", "kitchen", Spelling),
            ("thier", "their", Spelling),
            ("becuase", "because", Spelling),
            ("definately", "definitely", Spelling),
            ("dont", "doesn't", Grammar),
            ("is", "are", Grammar),
            ("walk", "walked", Grammar),
            ("", "the", Grammar),
            ("has worked", "have worked", Grammar),
            ("dont", "don't", Punctuation),
            ("its", "it's", Punctuation),
            ("", ",", Punctuation),
            (", i", ". I", Punctuation),
            ("wednesday", "Wednesday", Capitalisation),
            ("alot", "a lot", Spacing),
            ("were", "where", WordChoice),
            ("then", "than", WordChoice),
            ("boat", "ship", WordChoice),
            ("I know your", "I'm", Wording),
            ("", "very quickly", Wording),
        ] {
            assert_eq!(reason(before, after, true), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn of_other_languages_only_what_their_letters_show() {
        assert_eq!(reason("Währe", "Wäre", false), Spelling);
        assert_eq!(reason("gehst", "geht", false), Wording);
        assert_eq!(reason("montag", "Montag", false), Capitalisation);
        assert_eq!(reason("das", "dass", false), Wording);
    }

    #[test]
    fn what_changes_the_meaning() {
        assert!(changes_meaning("can", "can't"));
        assert!(changes_meaning("your dog", "my dog"));
        assert!(!changes_meaning("your", "you're"));
        assert!(!changes_meaning("I am", "I'm"));
        assert!(!changes_meaning("boat", "ship"));
    }
}
