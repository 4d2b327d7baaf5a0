//! Numbers with their units, as said in several words: "8.4 million", "96 000 euros", "2万1千人", "three quarters of an hour".

use crate::{
    grounding::lexicon::{ATTACHED, duration, is_half, is_quarter, measure, numbered_month, scale, unit},
    grounding::numbers,
    words::{Word, bare},
};
use std::ops::Range;

/// A number and what it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The number in plain digits; a month's concept for "8月"; a duration for "half an hour".
    pub key: String,
    /// The same as a length of time, if it is one.
    pub duration: Option<String>,
    /// What it counts.
    pub unit: Option<&'static str>,
    /// How many words it takes.
    pub words: usize,
    /// Its bytes.
    pub range: Range<usize>,
}

/// The quantity that begins with `words[at]`, if one does.
pub fn quantity(text: &str, words: &[Word], at: usize) -> Option<Quantity> {
    let reader = Reader { text, words };
    reader.fraction_of_time(at).or_else(|| reader.counted(at))
}

struct Reader<'a> {
    text: &'a str,
    words: &'a [Word],
}

impl Reader<'_> {
    fn lower(&self, at: usize) -> Option<String> {
        Some(bare(self.text.get(self.words.get(at)?.range.clone())?).to_lowercase())
    }

    /// What stands between a word and the one before it.
    fn gap(&self, at: usize) -> &str {
        match (at.checked_sub(1).and_then(|before| self.words.get(before)), self.words.get(at)) {
            (Some(before), Some(word)) => self.text.get(before.range.end..word.range.start).unwrap_or("."),
            _ => ".",
        }
    }

    /// Whether a word stands right after the one before it, but for one space or hyphen.
    fn follows(&self, at: usize) -> bool {
        matches!(self.gap(at), "" | " " | "-" | "\u{a0}" | "\u{202f}" | "\u{2009}")
    }

    fn made(
        &self,
        at: usize,
        next: usize,
        key: String,
        duration: Option<String>,
        unit: Option<&'static str>,
    ) -> Quantity {
        let range = self.words[at].range.start..self.words[next - 1].range.end;
        Quantity { key, duration, unit, words: next - at, range }
    }

    /// "Half an hour", "une demi-heure", "Viertelstunde", "three quarters of an hour".
    fn fraction_of_time(&self, at: usize) -> Option<Quantity> {
        let lower = self.lower(at)?;
        let timed = |next: usize, count: f64, unit: &'static str| {
            let (base, length) = duration(count, unit)?;
            Some(self.made(at, next, key_of(base, length), None, Some(unit)))
        };
        match lower.as_str() {
            "viertelstunde" => return timed(at + 1, 0.25, "#hour"),
            "dreiviertelstunde" => return timed(at + 1, 0.75, "#hour"),
            _ => {}
        }
        let (count, mut next) = if self.words[at].number && self.lower(at + 1).is_some_and(|l| is_quarter(&l))
        {
            (self.words[at].key.parse::<f64>().ok()? * 0.25, at + 2)
        } else if matches!(lower.as_str(), "anderthalb" | "eineinhalb") {
            (1.5, at + 1)
        } else if is_quarter(&lower) {
            (0.25, at + 1)
        } else if is_half(&lower) && lower != "半" {
            (0.5, at + 1)
        } else {
            return None;
        };
        while self.lower(next).is_some_and(|l| matches!(l.as_str(), "of" | "a" | "an" | "de")) {
            next += 1;
        }
        timed(next + 1, count, measure(&self.lower(next)?)?)
    }

    fn counted(&self, at: usize) -> Option<Quantity> {
        let (key, mut next) = self.half_of_scale(at).or_else(|| self.number(at))?;
        let end = self.words[next - 1].range.end;
        if self.text[end..].starts_with('月')
            && let Some(month) = numbered_month(&key)
        {
            return Some(self.made(at, next + 1, month.to_owned(), None, None));
        }
        let before = self.text[..self.words[at].range.start].chars().next_back();
        let letters =
            self.text[self.words[next - 1].range.clone()].trim_start_matches(|c: char| !c.is_alphabetic());
        let mut found = before
            .filter(|c| matches!(c, '£' | '€' | '$' | '¥' | '￥'))
            .and_then(|c| unit(c.encode_utf8(&mut [0; 4])))
            .or_else(|| unit(&letters.to_lowercase()).filter(|_| next == at + 1 && !letters.is_empty()));
        if found.is_none() {
            let rest = self.text[end..].trim_start_matches([' ', '\u{a0}', '\u{202f}']);
            let attached = ATTACHED.iter().find(|attached| rest.starts_with(**attached));
            if let Some(attached) = attached {
                found = unit(attached);
                let stop = self.text.len() - rest.len() + attached.len();
                while self.words.get(next).is_some_and(|word| word.range.start < stop) {
                    next += 1;
                }
            } else if self.follows(next)
                && let Some(named) = self.lower(next).and_then(|lower| unit(&lower))
            {
                found = Some(named);
                next += 1;
            }
        }
        let mut count = key.parse::<f64>().ok();
        // "Two hours and a half", "une heure et demie", "3時間半".
        let mut half = next;
        while self.lower(half).is_some_and(|l| matches!(l.as_str(), "and" | "a" | "et" | "y")) {
            half += 1;
        }
        if found.is_some()
            && self.lower(half).is_some_and(|l| is_half(&l))
            && (half > next || self.gap(half).is_empty())
        {
            count = count.map(|count| count + 0.5);
            next = half + 1;
        }
        let duration =
            found.zip(count).and_then(|(unit, count)| duration(count, unit)).map(|(b, c)| key_of(b, c));
        Some(self.made(at, next, key, duration, found))
    }

    /// "Half a million".
    fn half_of_scale(&self, at: usize) -> Option<(String, usize)> {
        self.lower(at).filter(|lower| is_half(lower))?;
        let next = if self.lower(at + 1)? == "a" { at + 2 } else { at + 1 };
        Some((plain(0.5 * scale(&self.lower(next)?)?), next + 1))
    }

    /// The number that begins at `at`, in plain digits, and the word after it.
    fn number(&self, at: usize) -> Option<(String, usize)> {
        let (mut value, mut next) = match self.words.get(at)? {
            word if word.number => match word.key.parse::<f64>() {
                Ok(value) => (value, at + 1),
                Err(_) => return Some((word.key.clone(), at + 1)),
            },
            _ => return self.kanji(at),
        };
        let raw = &self.text[self.words[at].range.clone()];
        if raw.chars().all(|c| c.is_ascii_digit()) {
            // "96 000"
            let is_group = |at: usize| {
                let word = self.words.get(at).map(|w| &self.text[w.range.clone()]);
                matches!(self.gap(at), " " | "\u{a0}" | "\u{202f}" | "\u{2009}")
                    && word.is_some_and(|w| w.len() == 3 && w.chars().all(|c| c.is_ascii_digit()))
            };
            if raw.len() <= 3 && !raw.starts_with('0') {
                while is_group(next) && value < 1e9 {
                    value = value * 1000.0 + self.words[next].key.parse::<f64>().ok()?;
                    next += 1;
                }
            }
        } else if value.fract() == 0.0 && value < 1e9 {
            let mut ahead = next;
            while self.gap(ahead) == " "
                && let Some(lower) = self.lower(ahead)
                && let word = self.words.get(ahead)
                && let said = word.filter(|w| w.number && !lower.starts_with(|c: char| c.is_ascii_digit()))
                && let Some(together) =
                    numbers::compound(value as u64, &lower, |_| said.and_then(|w| w.key.parse().ok()))
            {
                ahead += 1;
                if !numbers::links(&lower) {
                    (value, next) = (together as f64, ahead);
                }
            }
        }
        let mut total = 0.0;
        while self.follows(next)
            && let Some(times) = self.lower(next).and_then(|lower| scale(&lower))
        {
            value *= times;
            next += 1;
            // "2万1千"
            if self.gap(next).is_empty()
                && let Some(more) =
                    self.words.get(next).filter(|w| w.number).and_then(|w| w.key.parse::<f64>().ok())
            {
                total += value;
                value = more;
                next += 1;
            }
        }
        Some((plain(total + value), next))
    }

    /// A number in ideographs, if what it counts stands behind it: elsewhere these are parts of words. "One" is, even then.
    fn kanji(&self, at: usize) -> Option<(String, usize)> {
        let digit = |at: usize| {
            let word = self.words.get(at)?;
            let position =
                ["一", "二", "三", "四", "五", "六", "七", "八", "九"].iter().position(|d| *d == word.key);
            position.map(|place| place as u64 + 1)
        };
        let (mut total, mut digits, mut next) = (0_u64, None, at);
        while next == at || self.gap(next).is_empty() {
            if let Some(value) = digit(next) {
                digits = Some(digits.unwrap_or(0_u64).checked_mul(10)?.checked_add(value)?);
            } else if let Some(tens @ ("十" | "百" | "千")) = self.words.get(next).map(|w| w.key.as_str())
            {
                let size = [("十", 10), ("百", 100), ("千", 1000)].iter().find(|(t, _)| *t == tens)?.1;
                total = total.checked_add(digits.take().unwrap_or(1).checked_mul(size)?)?;
            } else {
                break;
            }
            next += 1;
        }
        let value = total.checked_add(digits.unwrap_or(0))?;
        let rest = &self.text[self.words.get(next.checked_sub(1)?)?.range.end..];
        let counts = rest.starts_with('月') || ATTACHED.iter().any(|attached| rest.starts_with(attached));
        (next > at && value > 1 && counts).then(|| (value.to_string(), next))
    }
}

/// A number without what the multiplication of fractions adds.
fn plain(value: f64) -> String {
    format!("{}", (value * 1000.0).round() / 1000.0)
}

fn key_of(base: &str, length: f64) -> String {
    format!("{base}{}", plain(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    fn read(text: &str) -> Vec<(String, Option<&'static str>)> {
        let words: Vec<Word> = words(text).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match quantity(text, &words, at) {
                Some(quantity) => {
                    at += quantity.words;
                    found.push((quantity.duration.unwrap_or(quantity.key), quantity.unit));
                }
                None => at += 1,
            }
        }
        found
    }

    #[test]
    fn numbers_of_several_words() {
        for (text, number, unit) in [
            ("£8.4 million", "8400000", Some("#pound")),
            ("3,7 millones de", "3700000", None),
            ("96 000 euros", "96000", Some("#euro")),
            ("les cent quarante-deux marches et la lampe", "142", None),
            ("treinta y uno", "31", None),
            ("約2万1千人", "21000", Some("#person")),
            ("2,400万円", "24000000", Some("#yen")),
            ("二十三台", "23", Some("#piece")),
            ("eine halbe Million Euro", "500000", Some("#euro")),
            ("40km", "40", Some("#kilometre")),
            ("22 %", "22", Some("#percent")),
            ("8月20日", "#august", None),
        ] {
            assert_eq!(read(text).first(), Some(&(number.to_owned(), unit)), "{text}");
        }
        assert_eq!(read("一番"), []);
    }

    #[test]
    fn lengths_of_time_meet() {
        for (a, b) in [
            ("45 minutes", "three quarters of an hour"),
            ("45 Minuten", "eine Dreiviertelstunde"),
            ("15 minutos", "un cuarto de hora"),
            ("30 minutes", "une demi-heure"),
            ("half an hour", "eine halbe Stunde"),
            ("24 hours", "1 Tag"),
            ("twelve months", "1 year"),
            ("3時間半", "210 minutes"),
            ("2 horas y media", "150 min"),
        ] {
            assert_eq!(read(a)[0].0, read(b)[0].0, "{a} {b}");
        }
        assert_eq!(read("in 2019年")[0].0, "2019");
    }
}
