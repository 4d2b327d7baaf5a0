//! Whether a piece came through its rewrite: nothing lost, nothing invented, nothing turned round.
//!
//! The checks compare words and know no meaning. They are strict where a small model is weak: what they refuse stays as it was.

use super::corrections::{corrections, unclear_words};
use crate::{
    protected::violations,
    words::{Word, words},
};
use protocol::Tone;
use std::collections::HashSet;

/// Words that turn a statement round, in lower case.
const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "nobody",
    "nothing",
    "nor",
    "neither",
    "without",
    "cannot",
    "unable",
    "unfortunately",
];
/// Contractions as people write them without their apostrophe.
const NEGATED: &[&str] = &[
    "wont", "dont", "doesnt", "didnt", "cant", "couldnt", "wouldnt", "shouldnt", "isnt", "arent", "wasnt",
    "werent", "hasnt", "havent", "hadnt",
];

/// One word in so many of a proofread piece may have changed without its being clear why; two in any case.
const UNCLEAR: usize = 5;

/// Words that ask, in questions and in what depends on a verb: without them something else is said.
const ASKING: &[&[&str]] = &[
    &["when"],
    &["where"],
    &["which"],
    &["who", "whom", "whose"],
    &["why"],
    &["how"],
    &["what"],
    &["if", "whether"],
];
/// Others that something is said about.
const OTHERS: &[&[&str]] =
    &[&["he", "him", "his"], &["she", "her", "hers"], &["they", "them", "their", "theirs"]];
/// Whom it is said to.
const YOU: &[&[&str]] = &[&["you", "your", "yours", "u", "ur", "you're", "you've", "you'll", "you'd"]];
/// Whose something is.
const OWNERS: &[&[&str]] =
    &[&["my", "mine"], &["our", "ours"], &["your", "yours", "you're", "ur"], &["his"], &["her", "hers"]];

/// What a rewrite must keep of a piece, and may bring.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// Least share of the original's content words that come back.
    kept: f32,
    /// Most content words that are new, as a share of the original's; two more are always allowed.
    new: f32,
    /// Most words, as a share of the original's; eight more are always allowed.
    length: f32,
}

fn bounds(tone: Tone) -> Bounds {
    match tone {
        // Its words are held against the original's one by one.
        Tone::Proofread => Bounds { kept: 0.0, new: f32::MAX, length: 1.3 },
        Tone::Shorter => Bounds { kept: 0.35, new: 0.4, length: 1.0 },
        Tone::List => Bounds { kept: 0.6, new: 0.4, length: 1.3 },
        Tone::Longer => Bounds { kept: 0.6, new: 2.0, length: 4.0 },
        Tone::AsIs | Tone::MoreFormal | Tone::MoreCasual | Tone::Simpler | Tone::Own => {
            Bounds { kept: 0.6, new: 0.8, length: 2.0 }
        }
    }
}

/// Whether `after` can stand for `before`, a part of `original`.
pub fn stands(before: &str, after: &str, original: &str, tone: Tone) -> bool {
    let bounds = bounds(tone);
    let corrects = tone == Tone::Proofread;
    let old: Vec<Word> = words(before).collect();
    let new: Vec<Word> = words(after).collect();
    if new.is_empty() || new.len() as f32 > bounds.length * old.len() as f32 + 8.0 {
        return false;
    }
    let content =
        |words: &[Word]| -> Vec<String> { words.iter().filter(|w| !w.stop).map(|w| w.key.clone()).collect() };
    let (was, is) = (content(&old), content(&new));
    let kept = was.iter().filter(|w| is.iter().any(|other| alike(w, other))).count();
    let brought = is.iter().filter(|w| !was.iter().any(|other| alike(w, other))).count();
    if (kept as f32) < bounds.kept * was.len() as f32 || brought as f32 > bounds.new * was.len() as f32 + 2.0
    {
        return false;
    }
    if asks(before) > asks(after) || corrects && asks(before) < asks(after) {
        return false;
    }
    // Said twice is said wrongly as often as not, but "neither … nor" may become "not".
    if (negations(before) == 0) != (negations(after) == 0) {
        return false;
    }
    if corrects {
        // What touches a protected span is shown by itself, and not made unasked. But most of it must be a correction.
        let unclear = unclear_words(before, &corrections(before, after));
        return unclear <= (old.len() / UNCLEAR).max(2);
    }
    // A question may be put to "you" that was put to "someone"; a statement that was about nobody stays so.
    if asks(before) == 0 && !has_all(YOU, after, before) {
        return false;
    }
    if !has_all(ASKING, before, after) || !has_all(OTHERS, before, after) || !has_all(OWNERS, after, before) {
        return false;
    }
    violations(before, after).is_empty() && violations(after, original).is_empty()
}

/// Least share of a statement's content words that another text has where it says the same.
const SAID: f32 = 0.3;

/// What a text says, for looking statements up.
#[derive(Debug)]
pub struct Said {
    keys: HashSet<String>,
}

impl Said {
    /// Reads `text`. O(bytes).
    pub fn new(text: &str) -> Self {
        Self { keys: words(text).map(|word| word.key).collect() }
    }

    /// Whether the text may say what `statement` says: it has some of its words. One of which all words are common is
    /// taken to be said.
    pub fn says(&self, statement: &str) -> bool {
        let content: Vec<Word> = words(statement).filter(|word| !word.stop).collect();
        let said = content.iter().filter(|word| self.keys.contains(&word.key)).count();
        content.len() < 2 || said as f32 >= SAID * content.len() as f32
    }
}

/// Whether of every group that `some` has a word of, `other` has one too.
fn has_all(groups: &[&[&str]], some: &str, other: &str) -> bool {
    let set = |text: &str| -> HashSet<String> { words(text).map(|w| text[w.range].to_lowercase()).collect() };
    let (some, other) = (set(some), set(other));
    groups.iter().all(|group| {
        let in_it = |words: &HashSet<String>| group.iter().any(|word| words.contains(*word));
        !in_it(&some) || in_it(&other)
    })
}

/// Whether two words are the same one, a misspelling apart.
pub fn alike(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if a.starts_with(|c: char| c.is_ascii_digit()) || b.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let shorter = a.chars().count().min(b.chars().count());
    let most = match shorter {
        0..=3 => return false,
        4..=6 => 1,
        _ => 2,
    };
    distance(a, b) <= most
}

/// Letters to change, to add, to take away or to swap with their neighbour until `a` is `b` (optimal string alignment).
/// O(letters²), and words are short: of longer ones than 40 letters, everything counts as changed.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().max(b.len()) > 40 {
        return a.len().max(b.len());
    }
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(a[i - 1] != b[j - 1]);
                let mut least = (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + same);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[a.len()][b.len()]
}

/// Questions and requests in a text.
fn asks(text: &str) -> usize {
    text.chars().filter(|c| matches!(c, '?' | '？' | '؟')).count()
}

/// Words that turn a statement round.
pub fn negations(text: &str) -> usize {
    let lower = text.to_lowercase().replace('’', "'");
    let plain: HashSet<&str> = NEGATIONS.iter().chain(NEGATED).copied().collect();
    lower
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| plain.contains(word) || word.ends_with("n't"))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_faithful_rewrite_stands() {
        for (tone, before, after) in [
            (
                Tone::Proofread,
                "Breakfast were good, but the cofee was cold.",
                "Breakfast was good, but the coffee was cold.",
            ),
            (
                Tone::MoreFormal,
                "can someone come and look at it this week?",
                "Could someone please come and look at it this week?",
            ),
            (
                Tone::Shorter,
                "I am writing to you in order to ask for the photos.",
                "I am asking for the photos.",
            ),
            (Tone::Proofread, "we couldnt sleep", "We couldn't sleep."),
        ] {
            assert!(stands(before, after, before, tone), "{after}");
        }
    }

    #[test]
    fn what_loses_invents_or_turns_round_does_not() {
        for (tone, before, after) in [
            (
                Tone::Proofread,
                "The order number is 48213. I have send two emails.",
                "I have sent two emails.",
            ),
            (
                Tone::Proofread,
                "Our place starts around seven.",
                "It's going to be a big one, and we'll have a big speaker.",
            ),
            (Tone::MoreFormal, "I can come to the meeting.", "I cannot come to the meeting."),
            (Tone::MoreFormal, "What do you prefer?", "I prefer what you prefer."),
            (Tone::MoreFormal, "My train is cancelled.", "Your train has been cancelled."),
            (Tone::MoreFormal, "We would come back.", "We would be glad to have you back."),
            (
                Tone::MoreFormal,
                "Please tell me by noon when it will be repaired.",
                "Please repair it by noon.",
            ),
            (Tone::MoreFormal, "She said she will tell you about my work.", "I will tell you about my work."),
            (Tone::MoreFormal, "hi Tom, it costs £25", "Dear Tom, it costs £35."),
            (Tone::MoreFormal, "I will be there.", "I will be there with Ada Moar."),
            (Tone::Shorter, "The water is cold.", ""),
            (Tone::AsIs, "Leider kann ich am Montag nicht kommen.", "Unfortunately I can't come on Monday."),
        ] {
            assert!(!stands(before, after, before, tone), "{after}");
        }
    }

    #[test]
    fn distances() {
        assert_eq!(distance("kichen", "kitchen"), 1);
        assert_eq!(distance("thier", "their"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance(&"x".repeat(50), "x"), 50);
        assert!(alike("becuase", "because") && !alike("boat", "ship") && !alike("2024", "2025"));
    }
}
