//! Whether one side denies what the other affirms.

use crate::{
    grounding::clauses::{Clause, Grain, clauses},
    grounding::comparison::{Comparison, has, is_word},
    grounding::terms::{Kind, Term, terms},
    words::{Word, words},
};
use std::collections::HashSet;

/// Share of a clause that the passage must have for a denial on one side only to be a contradiction.
const NEAR: f32 = 0.7;
/// Share of the sentence that a denying sentence elsewhere must have, and share of itself that the sentence must have.
const ELSEWHERE: f32 = 0.3;
const REPEATED: f32 = 0.8;
/// Share of the sentence's words that may be in denied clauses alone.
const ONLY_DENIED: f32 = 0.3;

/// Words that turn a statement round, in lower case: English, German, Spanish, French. What lacks something is not denied by
/// "without" and its like.
const NEGATIONS: &[&str] = &[
    "not", "no", "never", "nobody", "none", "neither", "nor", "nothing", "cannot",
    "non", // English; Spanish and French
    "nicht", "kein", "keine", "keinen", "keinem", "keiner", "keines", "nie", "niemand",
    "nichts", // German
    "ni", "nunca", "nadie", "ningún", "ninguna", "tampoco", // Spanish
    "ne", "pas", "jamais", "aucun", "aucune", "rien", "personne", // French
];
/// Beginnings of words that deny the whole of what they are said of, in whichever clause they stand.
const REJECTIONS: &[&str] = &[
    "reject", "refus", "forbid", "forbad", "prohib", "banned", // English
    "abgelehn", "ablehn", "verboten", "verbiet", "untersag", // German
    "rechaz",   // Spanish
    "rejet", "interdi", // French
];
/// Endings of Japanese negation.
const NEGATIVE_ENDINGS: &[&str] = &["ません", "ない", "なかった", "不可"];
/// Words for what is lacking, excepted or the only one.
const LACKING: &[&str] = &[
    "except",
    "only",
    "free",
    "instead",
    "unless",
    "closed", // English
    "außer",
    "nur",
    "statt",
    "geschlossen", // German
    "salvo",
    "solo",
    "sólo",
    "excepto",
    "cerrado",
    "cerrada", // Spanish
    "sauf",
    "seul",
    "seule",
    "seulement",
    "fermé",
    "fermée", // French
];
const LACKING_IDEOGRAPHS: &[char] = &['無', '不', '禁', '休', '未', '除'];
/// How an answer begins that affirms what was asked.
const AFFIRMATIONS: &[&str] = &["yes", "ja", "sí", "oui", "はい"];

/// Whether the sentence affirms what the passage, or another sentence in nearly its words, denies; or the reverse.
pub fn contrary(c: &Comparison<'_>) -> bool {
    let (ours, theirs) = (rejections(c.sentence), rejections(c.text()));
    if negated(c.sentence) {
        return c.answer.coverage(c.passage.clone()) > NEAR
            && !negated(c.text())
            && theirs.is_empty()
            && !lacks(c.text());
    }
    // What both reject in one way or the other is no contradiction.
    let agree = !ours.is_empty() && (negated(c.text()) || !theirs.is_empty() && theirs.is_subset(&ours));
    !agree && (is_denied(c, &ours) || is_denied_elsewhere(c))
}

/// Whether the passage's clauses that are nearest to one of the sentence all deny it, and are near enough. After "yes" any
/// clause is. Or whether much of it is in denied clauses alone.
fn is_denied(c: &Comparison<'_>, ours: &HashSet<&str>) -> bool {
    let theirs: Vec<(bool, Clause<'_>)> = c
        .clauses(c.passage.clone(), Grain::Shreds)
        .into_iter()
        .map(|(s, clause)| {
            (negated(clause.text) || !rejections(c.index.text(s..s + 1)).is_subset(ours), clause)
        })
        .collect();
    // Words that the passage has in denied clauses alone.
    let is_only_denied = |term: &Term| {
        let mut holders = theirs.iter().filter(|(_, clause)| has(&clause.terms, term)).peekable();
        holders.peek().is_some() && holders.all(|(is_denied, _)| *is_denied)
    };
    let words = || {
        c.answer
            .query
            .terms
            .iter()
            .map(|(term, _)| term)
            .filter(|term| is_word(term) || term.kind == Kind::Date)
    };
    let lower = c.sentence.to_lowercase();
    let says_yes = AFFIRMATIONS.iter().any(|yes| lower.starts_with(yes));
    let most = if says_yes { ONLY_DENIED / 2.0 } else { ONLY_DENIED };
    if c.sum(words().filter(|word| is_only_denied(word))) > most * c.sum(words()) {
        return true;
    }
    let least = if says_yes { 0.0 } else { NEAR };
    clauses(c.sentence, Grain::Shreds).iter().any(|ours| {
        let shared: Vec<f32> =
            theirs.iter().map(|(_, clause)| c.shared(&ours.terms, &clause.terms)).collect();
        let best = shared.iter().copied().fold(0.0, f32::max);
        let mut nearest = theirs.iter().zip(&shared).filter(|(_, shared)| **shared >= best - f32::EPSILON);
        best > least * c.sum(ours.terms.iter()) && nearest.all(|((is_denied, _), _)| *is_denied)
    })
}

/// Whether a sentence outside the passage denies nearly what the sentence says.
fn is_denied_elsewhere(c: &Comparison<'_>) -> bool {
    let outside = (0..c.index.len()).filter(|s| !c.passage.contains(s));
    outside.filter(|&s| c.answer.coverage(s..s + 1) > ELSEWHERE).map(|s| c.index.text(s..s + 1)).any(|text| {
        let weight =
            |terms: &mut dyn Iterator<Item = &Term>| -> f32 { terms.map(|t| c.index.rarity(t)).sum() };
        let theirs: Vec<Term> =
            terms(text).into_iter().filter(|t| !matches!(t.kind, Kind::Part | Kind::Unit)).collect();
        negated(text)
            && weight(&mut theirs.iter().filter(|t| c.says(t))) > REPEATED * weight(&mut theirs.iter())
    })
}

/// Whether `text` denies something. A "no" that a comma follows answers a question, and denies nothing by itself; and French
/// "ne … que" only restricts.
fn negated(text: &str) -> bool {
    let (mut ne, mut que) = (false, false);
    let mut denies = NEGATIVE_ENDINGS.iter().any(|ending| text.contains(ending));
    for word in words(text) {
        let lower = text[word.range.clone()].to_lowercase().replace('’', "'");
        que |= lower == "que";
        if lower == "ne" || lower.starts_with("n'") {
            ne = true;
        } else if NEGATIONS.contains(&lower.as_str()) || lower.ends_with("n't") {
            denies |= !(matches!(lower.as_str(), "no" | "non") && text[word.range.end..].starts_with(','));
        }
    }
    denies || ne && !que
}

/// Whether `text` says that something is lacking, excepted or the only one, which is another way to deny.
fn lacks(text: &str) -> bool {
    text.contains(LACKING_IDEOGRAPHS)
        || words(text).any(|word| LACKING.contains(&text[word.range].to_lowercase().as_str()))
}

/// The beginnings of the rejecting words in `text`.
fn rejections(text: &str) -> HashSet<&'static str> {
    let beginning = |word: Word| {
        let lower = text[word.range].to_lowercase();
        REJECTIONS.iter().copied().find(|beginning| lower.starts_with(beginning))
    };
    words(text).filter_map(beginning).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_are_noticed_in_every_language() {
        for text in [
            "It will not stop.",
            "They can't.",
            "Das ist nicht wahr.",
            "Das geht nicht, weil es regnet.",
            "No lo repare.",
            "Il n'est pas là.",
            "Il ne vient jamais.",
            "申し込めません。",
        ] {
            assert!(negated(text), "{text}");
        }
        for text in [
            "No, it stops.",
            "A day without rain.",
            "Das ist wahr.",
            "Es cierto.",
            "Il est là.",
            "Il n'en reste que deux.",
            "申し込めます。",
        ] {
            assert!(!negated(text), "{text}");
        }
    }
}
