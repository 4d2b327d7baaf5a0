//! Days of months, however they are written.

use crate::{
    grounding::lexicon::{month_of, numbered_month},
    grounding::terms::{Kind, Term},
};
use std::ops::Range;

/// A day of a month.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Day {
    /// Its number.
    pub day: String,
    /// The month's concept.
    pub month: String,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// The days of months that `terms`, of `text`, speak of: "3 May", "May 3", "9. März", "3 de mayo", "10月20日", "2026-05-03".
pub fn days(text: &str, terms: &[Term]) -> Vec<Day> {
    let facts: Vec<&Term> = terms.iter().filter(|t| matches!(t.kind, Kind::Number | Kind::Date)).collect();
    let between = |first: &Term, second: &Term| text.get(first.range.end..second.range.start);
    let numbered = facts.windows(3).filter_map(|three| {
        let [year, month, day] = three else { return None };
        let is_joined = [between(year, month), between(month, day)] == [Some("-"); 2];
        if !is_joined || year.key.len() != 4 || !is_day(&day.key) {
            return None;
        }
        let range = month.range.start..day.range.end;
        Some(Day { day: day.key.clone(), month: numbered_month(&month.key)?.to_owned(), range })
    });
    facts
        .windows(2)
        .filter_map(|pair| {
            let [first, second] = pair else { return None };
            let between = between(first, second)?;
            let is_near =
                between.chars().all(|c| matches!(c, ' ' | '.' | '\u{a0}')) || between.trim() == "de";
            let (day, month) = match (is_month(first), is_month(second)) {
                (true, false) => (second, first),
                (false, true) => (first, second),
                _ => return None,
            };
            (is_day(&day.key) && is_near).then(|| Day {
                day: day.key.clone(),
                month: month.key.clone(),
                range: first.range.start..second.range.end,
            })
        })
        .chain(numbered)
        .collect()
}

fn is_day(number: &str) -> bool {
    number.parse().is_ok_and(|number: u32| (1..=31).contains(&number))
}

fn is_month(term: &Term) -> bool {
    term.kind == Kind::Date && month_of(&term.key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grounding::terms::terms;

    #[test]
    fn days_are_found_in_five_languages() {
        for (text, day, month) in [
            ("It sails on 3 May.", "3", "#may"),
            ("It sails on May 3, 2026.", "3", "#may"),
            ("Sitzung am 9. März 2026", "9", "#march"),
            ("El lunes 4 de mayo abre", "4", "#may"),
            ("le 9 juillet à midi", "9", "#july"),
            ("10月20日の日曜", "20", "#october"),
            ("Updated 2026-05-03 again", "3", "#may"),
        ] {
            let found: Vec<(String, String)> =
                days(text, &terms(text)).into_iter().map(|d| (d.day, d.month)).collect();
            assert_eq!(found, [(day.to_owned(), month.to_owned())], "{text}");
        }
    }

    #[test]
    fn other_numbers_beside_months_are_none() {
        for text in ["May 2026", "In May, 3 boats sailed", "40 May", "3 boats"] {
            assert_eq!(days(text, &terms(text)), [], "{text}");
        }
    }
}
