//! Words as they are compared: lower case, stemmed, numbers in digits.

use crate::grounding::numbers;
use std::{cell::OnceCell, ops::Range};
use unicode_segmentation::UnicodeSegmentation;

/// Words that say nothing about what a sentence is about.
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been",
    "before", "being", "but", "by", "can", "could", "did", "do", "does", "for", "from", "had", "has", "have",
    "he", "her", "his", "how", "i", "if", "in", "into", "is", "it", "its", "me", "more", "most", "my", "no",
    "not", "of", "on", "or", "our", "she", "should", "so", "some", "such", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "those", "to", "up", "us", "was", "we", "were", "what",
    "when", "where", "which", "while", "who", "whom", "whose", "why", "will", "with", "would", "you", "your",
];

/// A word in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Its form for comparison.
    pub key: String,
    /// It is a number.
    pub number: bool,
    /// It begins with a capital.
    pub capital: bool,
    /// It says nothing about the subject.
    pub stop: bool,
}

/// Words of `text`, in order, split as UAX #29 says, and at hyphens; but a number of several words between hyphens is one.
/// O(bytes).
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut all = text.unicode_word_indices().peekable();
    let language = OnceCell::new();
    let spoken = move || *language.get_or_init(|| numbers::spoken(text));
    std::iter::from_fn(move || {
        let (start, word) = all.next()?;
        let mut end = start + word.len();
        let mut key = key(word);
        let value_of = |word: &str| numbers::value(word).or_else(|| numbers::value_in(&spoken, word));
        let lower = bare(word).to_lowercase();
        if let Some(mut value) = value_of(&lower) {
            // "thirty-one" is one number, and so is "vingt-et-un".
            let mut last = end;
            while let Some(rest) = text[last..].strip_prefix('-')
                && let Some((0, next)) = rest.unicode_word_indices().next()
                && let Some(together) = numbers::compound(value, &next.to_lowercase(), value_of)
            {
                value = together;
                last += 1 + next.len();
                if !numbers::links(&next.to_lowercase()) {
                    end = last;
                }
            }
            while all.next_if(|(at, _)| *at < end).is_some() {}
            key = value.to_string();
        }
        let number = key.starts_with(|c: char| c.is_ascii_digit());
        let capital = bare(word).chars().next().is_some_and(char::is_uppercase);
        let stop = STOP_WORDS.binary_search(&lower.as_str()).is_ok();
        Some(Word { range: start..end, key, number, capital, stop })
    })
}

/// The form of one word for comparison: lower case; no possessive; number words and groups of digits as plain digits;
/// English endings cut (only where four letters are left, so that short words keep apart).
pub fn key(word: &str) -> String {
    // Digits of full width are digits.
    let narrow = |c: char| match c {
        '’' => '\'',
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        _ => c,
    };
    let lower: String = bare(word).to_lowercase().chars().map(narrow).collect();
    let lower = lower.strip_suffix("'s").or(lower.strip_suffix('\'')).unwrap_or(&lower);
    if let Some(value) = numbers::value(lower) {
        return value.to_string();
    }
    if lower.starts_with(|c: char| c.is_ascii_digit()) {
        return numbers::plain(lower);
    }
    if !lower.is_ascii() {
        return lower.to_owned();
    }
    stem(lower)
}

/// `word` without the French article or pronoun that runs into it: "l'eau", "qu'il".
pub fn bare(word: &str) -> &str {
    const ELIDED: &[&str] = &["l", "d", "c", "j", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu"];
    match word.split_once(['\'', '’']) {
        Some((elided, rest)) if rest.len() > 1 && ELIDED.iter().any(|e| elided.eq_ignore_ascii_case(e)) => {
            rest
        }
        _ => word,
    }
}

/// A light stemmer for English: inflections off, derivations mostly left. Other languages pass nearly untouched.
fn stem(word: &str) -> String {
    const ENDINGS: &[&str] =
        &["ations", "ation", "ingly", "ings", "ing", "edly", "ers", "er", "ed", "ly", "s"];
    if let Some(base) = word.strip_suffix("ies").or(word.strip_suffix("ied")).filter(|base| base.len() >= 3) {
        return format!("{base}y");
    }
    let least = |ending: &str| if ending == "s" { 3 } else { 4 };
    let cut = ENDINGS.iter().find_map(|&ending| {
        word.strip_suffix(ending).filter(|b| b.len() >= least(ending)).map(|b| (b, ending))
    });
    let (mut base, ending) = cut.unwrap_or((word, ""));
    // "stopped" and "stop", "planning" and "plan"; but "falling" and "fall".
    if let [.., a, b] = base.as_bytes()
        && a == b
        && matches!(ending, "ing" | "ings" | "ed" | "er" | "ers")
        && !b"aeioulsz".contains(a)
    {
        base = &base[..base.len() - 1];
    }
    // "charge" and "charging", "boxes" and "box".
    base.strip_suffix('e').filter(|b| b.len() >= 3).unwrap_or(base).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP_WORDS.is_sorted(), "binary search needs order");
    }

    #[test]
    fn forms_of_a_word_meet() {
        for (a, b) in [
            ("ferries", "ferry"),
            ("carrying", "carries"),
            ("carried", "carry"),
            ("charged", "charging"),
            ("batteries", "battery"),
            ("planned", "plan"),
            ("Tern’s", "tern"),
            ("passengers", "passenger"),
            ("386,000", "386000"),
            ("Twelve", "12"),
            ("stops", "stopped"),
            ("boats", "boat"),
        ] {
            assert_eq!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn different_words_keep_apart() {
        for (a, b) in
            [("cat", "cats'tail"), ("island", "isle"), ("2025", "2026"), ("carry", "cars"), ("one", "on")]
        {
            assert_ne!(key(a), key(b), "{a} {b}");
        }
    }

    #[test]
    fn compound_numbers_are_one_word() {
        let found: Vec<_> = words("For thirty-one years, twenty-six minutes").map(|w| w.key).collect();
        assert_eq!(found, ["for", "31", "year", "26", "minut"]);
    }

    #[test]
    fn offsets_point_at_the_words() {
        let text = "Ünder 漢字 the £386,000 sky";
        for word in words(text) {
            assert!(text.get(word.range.clone()).is_some_and(|w| !w.is_empty()));
        }
    }
}
