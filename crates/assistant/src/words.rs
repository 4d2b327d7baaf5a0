//! Words as they are compared: lower case, stemmed, numbers in digits.

use std::ops::Range;
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

/// Small numbers in words. "One" is left out: it is a pronoun more often than a number.
const NUMBERS: &[(&str, &str)] = &[
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("thousand", "1000"),
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

/// Words of `text`, in order, split as UAX #29 says, and at hyphens. O(bytes).
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut all = text.unicode_word_indices().peekable();
    std::iter::from_fn(move || {
        let (start, word) = all.next()?;
        let mut end = start + word.len();
        let mut key = key(word);
        // "thirty-one" is one number.
        if let Some(tens) = tens(word)
            && let Some(&(at, next)) = all.peek()
            && at == end + 1
            && text[end..].starts_with('-')
            && let Some(units) =
                digits_of(&next.to_lowercase()).or((next.eq_ignore_ascii_case("one")).then_some("1"))
            && units.len() == 1
        {
            key = format!("{}{units}", &tens[..1]);
            end = at + next.len();
            all.next();
        }
        let number = key.starts_with(|c: char| c.is_ascii_digit());
        let capital = word.chars().next().is_some_and(char::is_uppercase);
        let stop = STOP_WORDS.binary_search(&word.to_lowercase().as_str()).is_ok();
        Some(Word { range: start..end, key, number, capital, stop })
    })
}

fn digits_of(lower: &str) -> Option<&'static str> {
    NUMBERS.iter().find(|(name, _)| *name == lower).map(|(_, digits)| *digits)
}

fn tens(word: &str) -> Option<&'static str> {
    digits_of(&word.to_lowercase()).filter(|d| d.len() == 2 && d.ends_with('0') && *d != "10")
}

/// The form of one word for comparison: lower case; no possessive; number words and groups of digits as plain digits;
/// English endings cut (only where four letters are left, so that short words keep apart).
pub fn key(word: &str) -> String {
    let lower = word.to_lowercase().replace('’', "'");
    let lower = lower.strip_suffix("'s").or(lower.strip_suffix('\'')).unwrap_or(&lower);
    if let Some(digits) = digits_of(lower) {
        return digits.to_owned();
    }
    if lower.starts_with(|c: char| c.is_ascii_digit()) {
        let plain = lower.replace([',', '_'], "");
        // "1st", "31st", "2nd", "3pm", "40km": the number is what matters.
        let digits = plain.trim_end_matches(|c: char| c.is_alphabetic());
        return if digits.is_empty() { plain } else { digits.to_owned() };
    }
    if !lower.is_ascii() {
        return lower.to_owned();
    }
    stem(lower)
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
