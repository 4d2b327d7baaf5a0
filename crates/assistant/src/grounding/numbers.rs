//! Numbers in digits and in words, to one plain form: "386,000", "386.000" and "386 000" are "386000"; "zwölf" is "12".

use std::{collections::HashMap, sync::LazyLock};

/// Languages whose number words are known, where a word of one is something else in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    German,
    Spanish,
    French,
}

/// Words that tell a language: frequent, and in no other of the four.
const TELLING: &[(Language, &[&str])] = &[
    (Language::English, &["the", "of", "and", "to", "is", "was", "for", "with", "at", "it", "are", "not"]),
    (
        Language::German,
        &["der", "die", "das", "und", "ist", "nicht", "mit", "den", "von", "ein", "im", "auf"],
    ),
    (Language::Spanish, &["el", "los", "las", "y", "una", "por", "con", "del", "para", "lo", "al", "más"]),
    (Language::French, &["le", "les", "et", "des", "est", "une", "dans", "du", "il", "pour", "au", "pas"]),
];

/// Number words that no other language of the four uses for something else. "One" and its like are left out: they are
/// pronouns and articles more often than numbers.
const WORDS: &[(&str, u64)] = &[
    // English
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1000),
    ("twice", 2),
    // German; see also `german`
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("fünf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("zwölf", 12),
    ("dreizehn", 13),
    ("vierzehn", 14),
    ("fünfzehn", 15),
    ("sechzehn", 16),
    ("siebzehn", 17),
    ("achtzehn", 18),
    ("neunzehn", 19),
    ("zwanzig", 20),
    ("dreißig", 30),
    ("vierzig", 40),
    ("fünfzig", 50),
    ("sechzig", 60),
    ("siebzig", 70),
    ("achtzig", 80),
    ("neunzig", 90),
    // Spanish
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
    ("diez", 10),
    ("doce", 12),
    ("trece", 13),
    ("catorce", 14),
    ("dieciséis", 16),
    ("diecisiete", 17),
    ("dieciocho", 18),
    ("diecinueve", 19),
    ("veinte", 20),
    ("veintiuno", 21),
    ("veintiún", 21),
    ("veintiuna", 21),
    ("veintidós", 22),
    ("veintitrés", 23),
    ("veinticuatro", 24),
    ("veinticinco", 25),
    ("veintiséis", 26),
    ("veintisiete", 27),
    ("veintiocho", 28),
    ("veintinueve", 29),
    ("treinta", 30),
    ("cuarenta", 40),
    ("cincuenta", 50),
    ("sesenta", 60),
    ("setenta", 70),
    ("ochenta", 80),
    ("noventa", 90),
    ("cien", 100),
    ("ciento", 100),
    ("doscientos", 200),
    ("doscientas", 200),
    ("trescientos", 300),
    ("trescientas", 300),
    ("cuatrocientos", 400),
    ("cuatrocientas", 400),
    ("quinientos", 500),
    ("quinientas", 500),
    ("seiscientos", 600),
    ("seiscientas", 600),
    ("setecientos", 700),
    ("setecientas", 700),
    ("ochocientos", 800),
    ("ochocientas", 800),
    ("novecientos", 900),
    ("novecientas", 900),
    ("mil", 1000),
    // French
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("huit", 8),
    ("dix", 10),
    ("onze", 11),
    ("douze", 12),
    ("treize", 13),
    ("quatorze", 14),
    ("vingt", 20),
    ("vingts", 20),
    ("trente", 30),
    ("quarante", 40),
    ("cinquante", 50),
    ("soixante", 60),
    ("cents", 100),
    ("mille", 1000),
];

/// Number words that are something else in another language: "once", "sept.", "seize".
const AMBIGUOUS: &[(Language, &str, u64)] = &[
    (Language::German, "elf", 11),
    (Language::Spanish, "dos", 2),
    (Language::Spanish, "once", 11),
    (Language::Spanish, "quince", 15),
    (Language::French, "sept", 7),
    (Language::French, "neuf", 9),
    (Language::French, "quinze", 15),
    (Language::French, "seize", 16),
    (Language::French, "cent", 100),
];

/// "One", where it is a part of a number.
const ONES: &[&str] = &["one", "un", "une", "uno", "una", "ein"];
/// What stands between the parts of a number.
const LINKS: &[&str] = &["et", "y", "and"];

/// `WORDS`, for looking up: every word of every text is.
static VALUES: LazyLock<HashMap<&str, u64>> = LazyLock::new(|| WORDS.iter().copied().collect());

/// The value of a number word in lower case, if it is one whatever the language around it.
pub fn value(lower: &str) -> Option<u64> {
    VALUES.get(lower).copied().or_else(|| german(lower))
}

/// The value of a number word in lower case that is one only in its language. `spoken` tells the language around it.
pub fn value_in(spoken: impl FnOnce() -> Option<Language>, lower: &str) -> Option<u64> {
    let (language, _, value) = *AMBIGUOUS.iter().find(|(_, word, _)| *word == lower)?;
    (spoken() == Some(language)).then_some(value)
}

/// The language that most words of `text` tell, if one is ahead of the others. O(bytes).
pub fn spoken(text: &str) -> Option<Language> {
    let mut counts = [0_u32; TELLING.len()];
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
        let lower = word.to_lowercase();
        for (count, (_, words)) in counts.iter_mut().zip(TELLING) {
            *count += u32::from(words.contains(&lower.as_str()));
        }
    }
    let most = counts.iter().copied().max().filter(|&most| most > 0)?;
    let mut first = TELLING.iter().zip(counts).filter(|&(_, count)| count == most).map(|((l, _), _)| *l);
    first.next().filter(|_| first.next().is_none())
}

/// German numbers in one word: "einundzwanzig", "zweihundertvierzig", "dreitausend".
fn german(word: &str) -> Option<u64> {
    // "Zweimal"
    if let Some(value) = word.strip_suffix("mal").and_then(|count| VALUES.get(count)) {
        return Some(*value);
    }
    let below_thousand = |part: &str| -> Option<u64> {
        match part.split_once("hundert") {
            Some((hundreds, rest)) => {
                let hundreds = if hundreds.is_empty() { 1 } else { german_units(hundreds)? };
                let rest = rest.strip_prefix("und").unwrap_or(rest);
                Some(hundreds * 100 + if rest.is_empty() { 0 } else { german_below_hundred(rest)? })
            }
            None => german_below_hundred(part),
        }
    };
    match word.split_once("tausend") {
        Some((thousands, rest)) => {
            let thousands = if thousands.is_empty() { 1 } else { below_thousand(thousands)? };
            let rest = rest.strip_prefix("und").unwrap_or(rest);
            Some(thousands * 1000 + if rest.is_empty() { 0 } else { below_thousand(rest)? })
        }
        None if word.contains("hundert") || word.contains("und") => below_thousand(word),
        None => None,
    }
}

fn german_below_hundred(part: &str) -> Option<u64> {
    let plain = |word: &str| VALUES.get(word).copied().filter(|v| *v < 100);
    plain(part).or_else(|| {
        let (units, tens) = part.split_once("und")?;
        let tens = plain(tens).filter(|tens| *tens >= 20 && tens.is_multiple_of(10))?;
        Some(german_units(units)? + tens)
    })
}

fn german_units(part: &str) -> Option<u64> {
    if part == "ein" {
        return Some(1);
    }
    VALUES.get(part).copied().filter(|v| *v < 10)
}

/// The number that `value`, said so far, and the next word make: "twenty" "one", "quatre" "vingt", "dix" "sept". None if the
/// next word belongs to another number. `value_of` gives the value of a single word in lower case.
pub fn compound(so_far: u64, next: &str, value_of: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    if LINKS.contains(&next) {
        return (so_far >= 20).then_some(so_far);
    }
    joined(so_far, value_of(next).or_else(|| ONES.contains(&next).then_some(1))?)
}

fn joined(so_far: u64, next: u64) -> Option<u64> {
    match (so_far, next) {
        (4, 20) => Some(80),
        (10, 7..=9) => Some(so_far + next),
        (60 | 80, 11..=19) => Some(so_far + next),
        (70 | 90, _) if next < 10 => Some(so_far + next),
        (20..=99, 1..=10) if so_far.is_multiple_of(10) && (next < 10 || matches!(so_far, 60 | 80)) => {
            Some(so_far + next)
        }
        (2..=99, 100) => Some(so_far * 100),
        (100..=9900, 1..=99) if so_far.is_multiple_of(100) => Some(so_far + next),
        (2..=999, 1000) => so_far.checked_mul(1000),
        // "cent quarante" "deux".
        (101.., 1..=99) => Some(so_far - so_far % 100 + joined(so_far % 100, next)?),
        _ => None,
    }
}

/// Whether `lower` may stand between the parts of a number without being one.
pub fn links(lower: &str) -> bool {
    LINKS.contains(&lower)
}

/// The plain form of a word that begins with a digit: groups of three digits joined, a decimal comma as a point, no zeros
/// that say nothing, no letters behind ("31st", "3pm", "120er"). What is no decimal number ("4.1.8") stays as it is.
pub fn plain(word: &str) -> String {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
    if digits.is_empty() {
        return word.to_owned();
    }
    let groups: Vec<&str> = digits.split(['.', ',', '_', '\'', '’']).collect();
    let mut marks: Vec<char> = digits.chars().filter(|c| !c.is_ascii_digit()).collect();
    let all_digits = groups.iter().all(|g| !g.is_empty() && g.chars().all(|c| c.is_ascii_digit()));
    if !all_digits {
        return digits.to_owned();
    }
    // "1,234.5": the last mark is the decimal one if it is another than those before.
    let last_is_other = marks.len() > 1 && marks[..marks.len() - 1].iter().all(|m| Some(m) != marks.last());
    let (whole, fraction) = match groups[..] {
        [_] => (&groups[..], ""),
        [ref whole @ .., last] if last_is_other => {
            marks.pop();
            (whole, last)
        }
        _ => (&groups[..], ""),
    };
    let grouped = whole.len() == 1
        || whole[0].len() <= 3
            && whole[0] != "0"
            && whole[1..].iter().all(|g| g.len() == 3)
            && marks.iter().all(|m| Some(m) == marks.first());
    let (whole, fraction) = match (grouped, whole) {
        (true, _) => (whole.concat(), fraction),
        (false, [whole, decimals]) if fraction.is_empty() => ((*whole).to_owned(), *decimals),
        _ => return digits.to_owned(),
    };
    let whole = if whole.len() == 2 { whole.strip_prefix('0').unwrap_or(&whole) } else { &whole };
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_have_one_form() {
        for (written, meant) in [
            ("386,000", "386000"),
            ("386.000", "386000"),
            ("1.234.567", "1234567"),
            ("1,234.50", "1234.5"),
            ("1.234,5", "1234.5"),
            ("5,50", "5.5"),
            ("79.00", "79"),
            ("0.125", "0.125"),
            ("4.1.8", "4.1.8"),
            ("192.168.50.1", "192.168.50.1"),
            ("03", "3"),
            ("00", "0"),
            ("0555", "0555"),
            ("31st", "31"),
            ("120er", "120"),
        ] {
            assert_eq!(plain(written), meant, "{written}");
        }
    }

    #[test]
    fn number_words_of_four_languages() {
        for (word, number) in [
            ("twelve", 12),
            ("zwölf", 12),
            ("einundzwanzig", 21),
            ("zweihundertvierzig", 240),
            ("dreitausend", 3000),
            ("zweimal", 2),
            ("doce", 12),
            ("veintidós", 22),
            ("douze", 12),
        ] {
            assert_eq!(value(word), Some(number), "{word}");
        }
        for word in ["jahrhundert", "hund", "und", "wunder", "rund", "once", "one"] {
            assert_eq!(value(word), None, "{word}");
        }
    }

    #[test]
    fn some_words_are_numbers_in_their_language_alone() {
        assert_eq!(value_in(|| spoken("Vimos once buitres en el collado y los pinos"), "once"), Some(11));
        assert_eq!(value_in(|| spoken("It was once the home of the king"), "once"), None);
        assert_eq!(value_in(|| spoken(""), "once"), None);
    }

    #[test]
    fn parts_make_a_number() {
        let said = |words: &[&str]| {
            let single = |w: &str| value(w).or((w == "sept").then_some(7)).or((w == "cent").then_some(100));
            words[1..].iter().try_fold(single(words[0])?, |so_far, next| compound(so_far, next, single))
        };
        for (words, number) in [
            (&["thirty", "one"][..], Some(31)),
            (&["quatre", "vingt", "dix", "sept"], Some(97)),
            (&["soixante", "quinze"], None), // "quinze" is for `value_in`
            (&["soixante", "douze"], Some(72)),
            (&["vingt", "et", "un"], Some(21)),
            (&["cent", "quarante", "deux"], Some(142)),
            (&["treinta", "y", "uno"], Some(31)),
            (&["two", "three"], None),
            (&["three", "thousand"], Some(3000)),
        ] {
            assert_eq!(said(words), number, "{words:?}");
        }
    }
}
