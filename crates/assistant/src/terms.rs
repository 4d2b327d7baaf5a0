//! What of a text is looked up in a source: its words, and for scripts without spaces pairs of characters.

use crate::words::words;

/// Letters of a word's beginning that stand for its other forms ("geräuchert" and "Räuchern" apart, "charging" and "charges" not).
const STEM: usize = 5;

/// Words of German, Spanish and French that say nothing about a subject: what is not in the English list, sorted.
const STOP_WORDS: &[&str] = &[
    "a", "aber", "al", "als", "am", "au", "auch", "auf", "aus", "aux", "avait", "avec", "avoir", "bei",
    "bis", "ce", "ces", "cet", "cette", "comme", "como", "con", "cuando", "dann", "dans", "darf", "das",
    "dass", "daß", "de", "del", "dem", "den", "der", "des", "desde", "die", "diese", "dieser", "dieses",
    "donde", "dont", "dort", "du", "durch", "ein", "eine", "einem", "einen", "einer", "eines", "el", "elle",
    "elles", "en", "er", "era", "es", "est", "esta", "estas", "este", "estos", "et", "fue", "für", "ha",
    "haben", "han", "hasta", "hat", "hatte", "hatten", "hay", "ihr", "ihre", "ihren", "il", "ils", "im",
    "ist", "kann", "können", "la", "las", "le", "les", "leur", "leurs", "lo", "los", "mais", "man", "mit",
    "muss", "muy", "más", "nach", "ne", "ni", "nicht", "no", "noch", "nous", "nur", "o", "oder", "on", "ont",
    "ou", "où", "par", "para", "pas", "pero", "plus", "por", "porque", "pour", "que", "qui", "quoi", "sa",
    "sans", "se", "sein", "seine", "seinen", "ses", "si", "sich", "sie", "sin", "sind", "so", "sobre",
    "soll", "son", "sont", "su", "sur", "sus", "también", "tout", "um", "un", "una", "unas", "und", "une",
    "unos", "unter", "vom", "von", "vor", "vous", "war", "waren", "was", "weil", "wenn", "wer", "werden",
    "wie", "wir", "wird", "wo", "wurde", "wurden", "y", "ya", "zu", "zum", "zur", "était", "été", "être",
    "über",
];

/// One thing to look up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// Its form for comparison.
    pub key: String,
    /// Its beginning without accents, for words that are longer: what other forms of the word share.
    pub stem: Option<String>,
    /// It is a number.
    pub number: bool,
    /// It begins with a capital, and no sentence begins with it.
    pub name: bool,
}

/// Terms of `text` in order, stop words left out. O(bytes).
pub fn terms(text: &str) -> Vec<Term> {
    let mut found = Vec::new();
    // The character of a script without spaces that ended just here.
    let mut before: Option<(usize, String)> = None;
    for (place, word) in words(text).enumerate() {
        let single = word.key.chars().all(is_unspaced);
        if !single {
            before = None;
            let is_stop = word.stop
                || STOP_WORDS.binary_search(&text[word.range.clone()].to_lowercase().as_str()).is_ok();
            if !is_stop {
                let stem = stem(&word.key).filter(|_| !word.number);
                found.push(Term {
                    key: word.key,
                    stem,
                    number: word.number,
                    name: word.capital && place > 0,
                });
            }
            continue;
        }
        let plain = |key: String| Term { key, stem: None, number: false, name: false };
        if let Some((end, first)) = before.take()
            && end == word.range.start
            && !format!("{first}{}", word.key).chars().all(is_hiragana)
        {
            found.push(plain(format!("{first}{}", word.key)));
        }
        if !word.key.chars().all(is_hiragana) {
            found.push(plain(word.key.clone()));
        }
        before = Some((word.range.end, word.key));
    }
    found
}

/// The first letters of `key`, accents off; none for words that are hardly longer.
fn stem(key: &str) -> Option<String> {
    let start: String = key.chars().take(STEM).map(plain).collect();
    (key.chars().count() > STEM && !key.chars().any(is_unspaced)).then(|| format!("{start}…"))
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

/// Ideographs and kana.
fn is_unspaced(character: char) -> bool {
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
        assert_eq!(stem("light"), None, "not a form of \"lighthouse\"");
    }

    #[test]
    fn scripts_without_spaces_give_pairs() {
        let keys: Vec<String> = terms("猫は動物").into_iter().map(|t| t.key).collect();
        assert_eq!(keys, ["猫", "猫は", "は動", "動", "動物", "物"]);
    }
}
