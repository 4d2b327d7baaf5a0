//! What of a text is looked up in a source: its words, and for scripts without spaces pairs of characters.

use crate::{
    grounding::lexicon::{is_doubtful_month, measure, month, month_of, weekday},
    grounding::quantities::{Quantity, quantity},
    words::{Word, bare, words},
};
use std::ops::Range;

/// Letters of a word's beginning that stand for its other forms ("geräuchert" and "Räuchern" apart, "charging" and "charges" not).
const STEM: usize = 5;
/// Fewest letters that stand for a word.
const LEAST_STEM: usize = 4;

/// Words of German, Spanish and French that say nothing about a subject: what is not in the English list, sorted.
const STOP_WORDS: &[&str] = &[
    "a",
    "ab",
    "aber",
    "again",
    "ahora",
    "al",
    "alle",
    "allen",
    "alles",
    "allí",
    "alors",
    "als",
    "also",
    "am",
    "an",
    "another",
    "antes",
    "après",
    "aquí",
    "au",
    "auch",
    "auf",
    "aunque",
    "aus",
    "aussi",
    "aux",
    "avait",
    "avant",
    "avec",
    "avoir",
    "bei",
    "beim",
    "between",
    "bien",
    "bis",
    "both",
    "cada",
    "cannot",
    "ce",
    "cela",
    "celle",
    "ces",
    "cet",
    "cette",
    "ceux",
    "chaque",
    "chez",
    "comme",
    "como",
    "con",
    "cost",
    "costaba",
    "costing",
    "costs",
    "costó",
    "coûtait",
    "coûte",
    "coûtent",
    "coûté",
    "cual",
    "cuando",
    "cuesta",
    "cuestan",
    "dann",
    "dans",
    "darf",
    "das",
    "dass",
    "daß",
    "de",
    "debe",
    "deben",
    "del",
    "dem",
    "den",
    "denn",
    "depuis",
    "der",
    "des",
    "desde",
    "después",
    "die",
    "dies",
    "diese",
    "diesem",
    "diesen",
    "dieser",
    "dieses",
    "dir",
    "doch",
    "doit",
    "doivent",
    "donc",
    "donde",
    "dont",
    "dort",
    "down",
    "du",
    "durante",
    "durch",
    "during",
    "déjà",
    "dürfen",
    "each",
    "ein",
    "eine",
    "einem",
    "einen",
    "einer",
    "eines",
    "either",
    "el",
    "ella",
    "elle",
    "elles",
    "ellos",
    "en",
    "encore",
    "entre",
    "er",
    "era",
    "es",
    "esa",
    "esas",
    "ese",
    "eso",
    "esos",
    "est",
    "esta",
    "estas",
    "este",
    "esto",
    "estos",
    "et",
    "etwas",
    "even",
    "ever",
    "every",
    "fait",
    "fue",
    "für",
    "ganz",
    "gegen",
    "ha",
    "haben",
    "han",
    "hasta",
    "hat",
    "hatte",
    "hatten",
    "hay",
    "here",
    "herself",
    "hier",
    "himself",
    "ici",
    "ihm",
    "ihn",
    "ihnen",
    "ihr",
    "ihre",
    "ihren",
    "il",
    "ils",
    "im",
    "immer",
    "ist",
    "itself",
    "ja",
    "jede",
    "jeden",
    "jeder",
    "jedes",
    "jedoch",
    "just",
    "kann",
    "kosten",
    "kostet",
    "kostete",
    "können",
    "la",
    "las",
    "le",
    "les",
    "leur",
    "leurs",
    "lo",
    "los",
    "mais",
    "man",
    "many",
    "may",
    "mehr",
    "menos",
    "mich",
    "mientras",
    "might",
    "misma",
    "mismo",
    "mit",
    "moins",
    "much",
    "mucha",
    "mucho",
    "muchos",
    "muss",
    "must",
    "muy",
    "más",
    "même",
    "müssen",
    "nach",
    "ne",
    "nein",
    "ni",
    "nicht",
    "no",
    "noch",
    "non",
    "nos",
    "nous",
    "now",
    "nur",
    "o",
    "oder",
    "off",
    "ohne",
    "on",
    "only",
    "ont",
    "other",
    "otra",
    "otras",
    "otro",
    "otros",
    "ou",
    "oui",
    "out",
    "over",
    "own",
    "où",
    "par",
    "para",
    "pas",
    "pendant",
    "per",
    "pero",
    "peu",
    "peut",
    "peuvent",
    "plus",
    "poco",
    "podrá",
    "podrán",
    "por",
    "porque",
    "pour",
    "puede",
    "pueden",
    "puis",
    "qu'il",
    "que",
    "qui",
    "quien",
    "quoi",
    "sa",
    "same",
    "sans",
    "schon",
    "se",
    "según",
    "sehr",
    "sein",
    "seine",
    "seinen",
    "seit",
    "selbst",
    "ser",
    "ses",
    "shall",
    "si",
    "sich",
    "sie",
    "sin",
    "since",
    "sind",
    "so",
    "sobre",
    "soll",
    "sollen",
    "sollte",
    "son",
    "sont",
    "sous",
    "still",
    "su",
    "sur",
    "sus",
    "sí",
    "también",
    "tan",
    "themselves",
    "there's",
    "through",
    "tiene",
    "tienen",
    "toda",
    "todas",
    "todo",
    "todos",
    "too",
    "tous",
    "tout",
    "toute",
    "toutes",
    "trop",
    "très",
    "um",
    "un",
    "una",
    "unas",
    "und",
    "under",
    "une",
    "unos",
    "uns",
    "unser",
    "unter",
    "until",
    "upon",
    "vale",
    "valen",
    "valent",
    "vaut",
    "vers",
    "very",
    "vom",
    "von",
    "vor",
    "vous",
    "war",
    "waren",
    "was",
    "weil",
    "welche",
    "welcher",
    "wenn",
    "wer",
    "werden",
    "wie",
    "wieder",
    "wir",
    "wird",
    "within",
    "without",
    "wo",
    "wurde",
    "wurden",
    "während",
    "y",
    "ya",
    "yes",
    "yet",
    "zu",
    "zum",
    "zur",
    "zwischen",
    "était",
    "été",
    "être",
    "über",
];

/// One thing to look up.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Its form for comparison.
    pub key: String,
    /// Another form that is as good: a number's length of time.
    pub equal: Option<String>,
    /// What other forms of the word share.
    pub stem: Option<String>,
    /// What kind of thing it is.
    pub kind: Kind,
    /// What a number counts.
    pub unit: Option<&'static str>,
    /// Its bytes.
    pub range: Range<usize>,
}

impl Term {
    /// Whether both mean the same, as far as their forms tell.
    pub fn matches(&self, other: &Self) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        self.key == other.key
            || same(&self.stem, &other.stem)
            || same(&self.equal, &other.equal)
            || self.equal.as_ref() == Some(&other.key)
            || other.equal.as_ref() == Some(&self.key)
    }
}

/// What a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word of any sort.
    Word,
    /// A number, whatever its form.
    Number,
    /// It begins with a capital, and no sentence begins with it; or a title follows it.
    Name,
    /// It begins with a capital, and so does its sentence.
    First,
    /// A month or a weekday.
    Date,
    /// What a number counts.
    Unit,
    /// Part of a longer term: there to be found, not to be looked for.
    Part,
}

/// Terms of `text` in order, stop words left out. O(bytes).
pub fn terms(text: &str) -> Vec<Term> {
    let words: Vec<Word> = words(text).collect();
    let mut found = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        if let Some(quantity) = quantity(text, &words, at) {
            at += counted(text, &words[at..], quantity, &mut found);
        } else if words[at].key.chars().all(is_unspaced) {
            at += run(text, &words[at..], &mut found);
        } else {
            if let Some(term) = word(text, &words[at], at) {
                // A day of a month is counted in that month.
                if let Some(last) = found.last_mut()
                    && last.kind == Kind::Number
                    && last.unit.is_none()
                    && let Some(month) = month_of(&term.key)
                    && text[last.range.end..term.range.start]
                        .chars()
                        .all(|c| matches!(c, ' ' | '.' | 'd' | 'e' | '\u{a0}'))
                {
                    last.unit = Some(month);
                }
                found.push(term);
            }
            at += 1;
        }
    }
    found
}

/// Whether a word, `lower` in lower case, says nothing about a subject in any of the languages.
pub fn is_stop(word: &Word, lower: &str) -> bool {
    word.stop || STOP_WORDS.binary_search(&lower).is_ok()
}

/// The term of a single word, unless it says nothing.
fn word(text: &str, word: &Word, place: usize) -> Option<Term> {
    let lower = bare(&text[word.range.clone()]).to_lowercase();
    let concept = weekday(&lower).or_else(|| measure(&lower)).or_else(|| {
        let beside_number = || {
            let is_digit = |c: char| c.is_ascii_digit();
            let before = text[..word.range.start].trim_end().trim_end_matches('.');
            let after = text[word.range.end..].trim_start_matches(['.', ' ']);
            before.ends_with(is_digit) || after.starts_with(is_digit)
        };
        month(&lower).filter(|_| !is_doubtful_month(&lower) || beside_number())
    });
    if concept.is_none() && is_stop(word, &lower) {
        return None;
    }
    let kind = match (word.capital, place) {
        _ if measure(&lower).is_some() => Kind::Unit,
        _ if concept.is_some() => Kind::Date,
        (true, 0) => Kind::First,
        (true, _) => Kind::Name,
        (false, _) => Kind::Word,
    };
    let key = concept.map_or_else(|| word.key.clone(), str::to_owned);
    let stem =
        if concept.is_some() { None } else { stem(lower.split(['\'', '’']).next().unwrap_or(&lower)) };
    Some(Term { key, equal: None, stem, kind, unit: None, range: word.range.clone() })
}

/// Adds a quantity, what it counts, and the words it is made of. Returns how many words that are.
fn counted(text: &str, words: &[Word], quantity: Quantity, found: &mut Vec<Term>) -> usize {
    let Quantity { key, duration, unit, words: count, range } = quantity;
    // ":00" says nothing.
    let is_full_hour = key == "0" && text[..range.start].ends_with(':');
    let kind =
        if key.starts_with('#') && duration.is_none() && unit.is_none() { Kind::Date } else { Kind::Number };
    let plain =
        |key: String, kind: Kind, range| Term { key, equal: None, stem: None, kind, unit: None, range };
    let parts = words[..count].iter().filter(|word| word.number && word.key != key);
    let parts: Vec<Term> =
        parts.map(|word| plain(word.key.clone(), Kind::Part, word.range.clone())).collect();
    if !is_full_hour {
        found.push(Term { key, equal: duration, stem: None, kind, unit, range: range.clone() });
    }
    found.extend(unit.map(|unit| plain(unit.to_owned(), Kind::Unit, range)));
    found.extend(parts);
    count
}

/// Adds the terms of a run of ideographs and kana: katakana words whole, of all others single ideographs and pairs of
/// neighbours. Returns how many words the run is.
fn run(text: &str, words: &[Word], found: &mut Vec<Term>) -> usize {
    let class = |word: &Word| Script::of(&word.key);
    let mut end = 1;
    while end < words.len()
        && words[end].range.start == words[end - 1].range.end
        && words[end].key.chars().all(is_unspaced)
        && class(&words[end]) == class(&words[0])
    {
        end += 1;
    }
    let range = words[0].range.start..words[end - 1].range.end;
    let whole = &text[range.clone()];
    let plain = |key: &str, kind: Kind, range| Term {
        key: key.into(),
        equal: None,
        stem: None,
        kind,
        unit: None,
        range,
    };
    match class(&words[0]) {
        Script::Hiragana => {}
        Script::Katakana => found.push(plain(whole, Kind::Word, range)),
        Script::Ideographs => {
            if let Some(day) = whole.get(..6).and_then(weekday) {
                found.push(plain(day, Kind::Date, range));
                return end;
            }
            // A title may run into the name.
            let name =
                TITLES.iter().find_map(|title| whole.strip_suffix(title)).filter(|name| !name.is_empty());
            let named = name.is_some() || TITLES.iter().any(|title| text[range.end..].starts_with(title));
            if end > 2 || named {
                let kind = if named { Kind::Name } else { Kind::Part };
                found.push(plain(name.unwrap_or(whole), kind, range));
            }
            let kind = if named { Kind::Part } else { Kind::Word };
            for (at, word) in words[..end].iter().enumerate() {
                found.push(plain(&word.key, kind, word.range.clone()));
                if at + 1 < end {
                    let pair = word.range.start..words[at + 1].range.end;
                    found.push(plain(&text[pair.clone()], kind, pair));
                }
            }
        }
    }
    end
}

/// What follows a Japanese name.
const TITLES: &[&str] = &["さん", "氏", "様", "くん", "ちゃん", "先生", "教授"];

/// Kinds of characters of scripts without spaces.
#[derive(PartialEq)]
enum Script {
    Hiragana,
    Katakana,
    Ideographs,
}

impl Script {
    fn of(word: &str) -> Self {
        if word.chars().all(is_hiragana) {
            Self::Hiragana
        } else if word.chars().all(is_katakana) {
            Self::Katakana
        } else {
            Self::Ideographs
        }
    }
}

/// The beginning of a word, accents and usual endings off, at most `STEM` letters; none for words that are too short to tell.
fn stem(lower: &str) -> Option<String> {
    const ENDINGS: &[char] = &['s', 'x', 'e', 'n', 'r', 'a', 'o', 'm', 'd', 't'];
    let letters: Vec<char> = lower.chars().map(plain).collect();
    let mut end = letters.len();
    while end > LEAST_STEM && ENDINGS.contains(&letters[end - 1]) {
        end -= 1;
    }
    let is_word = letters.len() >= LEAST_STEM && !letters.iter().any(|c| is_unspaced(*c) || c.is_numeric());
    is_word.then(|| format!("{}…", letters[..end.min(STEM)].iter().collect::<String>()))
}

/// A letter without its accent: "ä" and "a" take turns in the forms of one word.
fn plain(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        other => other,
    }
}

fn is_hiragana(character: char) -> bool {
    matches!(character, 'ぁ'..='ゟ')
}

/// Katakana and its marks.
pub fn is_katakana(character: char) -> bool {
    matches!(character, 'ァ'..='ヿ')
}

/// Ideographs and kana.
pub fn is_unspaced(character: char) -> bool {
    matches!(character, 'ぁ'..='ヿ' | '㐀'..='鿿' | '々')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP_WORDS.is_sorted(), "binary search needs order");
    }

    #[test]
    fn forms_of_a_word_share_their_stem() {
        for (a, b) in [("resbaladiza", "resbalaba"), ("automatisa", "automatique"), ("häusern", "hausen")] {
            assert_eq!(stem(a), stem(b), "{a} {b}");
        }
    }

    #[test]
    fn scripts_without_spaces_give_pairs() {
        let keys: Vec<String> = terms("猫は動物").into_iter().map(|t| t.key).collect();
        assert_eq!(keys, ["猫", "動", "動物", "物"]);
    }
}
