//! Numbers that the passage does not give for what the sentence says.

use crate::{
    grounding::clauses::{Clause, Grain},
    grounding::comparison::{Comparison, has, is_word},
    grounding::lexicon::month_of,
    grounding::terms::{Kind, Term},
};

/// Share of a statement that the sentence of the source must have from which its number is merged.
const MERGED: f32 = 0.1;
/// Share of a number's company that may stand with another number.
const ELSEWHERE: f32 = 0.6;
/// How many times as rare as the average a word of another sentence must be to tell what its number belongs to.
const TELLING: f32 = 0.9;
/// Words before what something else is there for.
const REPLACING: &[&str] = &[
    "instead of",
    "rather than",
    " statt ",
    "anstatt",
    "anstelle",
    "en lugar de",
    "en vez de",
    "au lieu de",
    "ではなく",
];
/// Words of a clause that take up what was said before: its company may be there.
const REFERRING: &[&str] = &[
    "he", "she", "they", "it", "ones", "those", "celui", "celle", "ceux", "celles", "er", "sie", "il",
    "elle", "ils", "elles",
];

/// Whether a number is missing from the passage, or belongs to something else there.
pub fn misplaced(c: &Comparison<'_>) -> bool {
    let numbers = |clause: &Clause<'_>| -> Vec<Term> {
        clause.terms.iter().filter(|t| is_figure(t)).cloned().collect()
    };
    c.statements.iter().any(|statement| {
        numbers(statement)
            .iter()
            .any(|number| is_missing(c, statement, number) || belongs_elsewhere(c, statement, number))
    })
}

/// Whether the passage lacks `number`. What another sentence of the source gives together with more of
/// its statement is merged from both, if the sentence has another statement.
fn is_missing(c: &Comparison<'_>, statement: &Clause<'_>, number: &Term) -> bool {
    let Some(bit) = c.bit(number) else { return false };
    if c.answer.holds(c.passage.clone(), bit) {
        return false;
    }
    let company: Vec<(usize, f32)> = statement
        .terms
        .iter()
        .filter(|term| term.key != number.key && term.kind != Kind::Unit)
        .filter_map(|term| c.bit(term).map(|bit| (bit, c.weight(term))))
        .collect();
    let all: f32 = company.iter().map(|(_, weight)| weight).sum();
    let is_source = |s: usize| {
        let held: f32 =
            company.iter().filter(|(bit, _)| c.answer.holds(s..s + 1, *bit)).map(|(_, weight)| weight).sum();
        c.answer.holds(s..s + 1, bit) && held > MERGED * all
    };
    c.statements.len() < 2 || !(0..c.index.len()).any(is_source)
}

/// Whether the words that the sentence has with `number` stand with another number of the same sort near the passage, and
/// apart from this one: by `sum of w² of those / sum of w² of these and those`, or if a rare one is in another sentence. Or
/// whether the number is there as what something else replaced.
fn belongs_elsewhere(c: &Comparison<'_>, statement: &Clause<'_>, number: &Term) -> bool {
    let near: Vec<(usize, &[Term])> = c.near().collect();
    let (Some(first), Some(last)) = (near.first(), near.last()) else { return false };
    let clauses = c.clauses(first.0..last.0 + 1, Grain::Clauses);
    let own: Vec<&(usize, Clause<'_>)> =
        clauses.iter().filter(|(_, clause)| has(&clause.terms, number)).collect();
    if own.is_empty() || own.iter().any(|(_, clause)| refers(clause.text)) {
        return false;
    }
    if own.iter().all(|(_, clause)| is_replaced(clause, number)) && !has_replacement(c.sentence) {
        return true;
    }
    let is_rival = |terms: &[Term]| {
        let mut numbers = terms.iter().filter(|t| is_figure(t));
        numbers.clone().all(|t| !c.says(t)) && numbers.any(|t| sort(t) == sort(number))
    };
    let mean = c.answer.query.total / c.answer.query.terms.len().max(1) as f32;
    let (mut with, mut apart) = (0.0, 0.0);
    for word in statement.terms.iter().filter(|t| is_word(t)) {
        let weight = c.weight(word);
        if own.iter().any(|(_, clause)| has(&clause.terms, word)) {
            with += weight * weight;
            continue;
        }
        let is_own = |s: usize| own.iter().any(|(own, _)| *own == s);
        let in_own_sentence = near.iter().any(|(s, terms)| is_own(*s) && has(terms, word));
        let in_rival_sentence =
            !in_own_sentence && near.iter().any(|(_, terms)| has(terms, word) && is_rival(terms));
        if in_rival_sentence && weight > TELLING * mean {
            return true;
        }
        // "The R2 costs 35 euros, the R3 49": what a number counts may be left out.
        let is_short_rival = |s: usize, terms: &[Term]| {
            let mut numbers = terms.iter().filter(|t| t.kind == Kind::Number);
            is_own(s) && numbers.clone().all(|t| !c.says(t)) && numbers.any(|t| t.unit.is_none())
        };
        let in_rival_clause = clauses.iter().any(|(s, clause)| {
            has(&clause.terms, word) && (is_rival(&clause.terms) || is_short_rival(*s, &clause.terms))
        });
        if in_rival_sentence || in_rival_clause {
            apart += weight * weight;
        }
    }
    apart > ELSEWHERE * (with + apart)
}

fn is_figure(term: &Term) -> bool {
    matches!(term.kind, Kind::Number | Kind::Date)
}

/// Whether a clause names `number` as what something else is there for: "twenty instead of eight".
fn is_replaced(clause: &Clause<'_>, number: &Term) -> bool {
    let place = clause.terms.iter().find(|term| term.matches(number)).map(|term| term.range.start);
    place.and_then(|place| clause.text.get(..place.checked_sub(clause.start)?)).is_some_and(has_replacement)
}

fn has_replacement(text: &str) -> bool {
    let lower = text.to_lowercase();
    REPLACING.iter().any(|words| lower.contains(words))
}

/// What sort of thing a number is: only its like can take its place.
fn sort(number: &Term) -> Option<&'static str> {
    let is_time = number.equal.is_some() || number.key.starts_with('#');
    let is_year = number.unit.is_none() && number.key.len() == 4 && number.key.starts_with(['1', '2']);
    match number.unit {
        _ if number.kind == Kind::Date => {
            Some(if month_of(&number.key).is_some() { "month" } else { "weekday" })
        }
        Some(unit) if month_of(unit).is_some() => Some("day"),
        _ if is_time => Some("time"),
        _ if is_year => Some("year"),
        unit => unit,
    }
}

/// Whether `text` takes up what was said before.
pub fn refers(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| REFERRING.contains(&word.to_lowercase().as_str()))
}
