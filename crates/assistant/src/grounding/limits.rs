//! What holds only for something: "only adults may use the sauna" says nothing of children.

use crate::{
    grounding::clauses::Grain,
    grounding::comparison::{Comparison, has},
    grounding::terms::{Kind, Term},
    words::words,
};
use std::ops::Range;

/// Share of the sentence that a limiting clause must have.
const NEAR: f32 = 0.6;
/// Words that limit what they stand beside.
const ONLY: &[&str] = &["only", "nur", "solo", "sólo", "únicamente", "seulement", "uniquement"];
/// The same, behind what they limit.
const ONLY_BEHIND: &[&str] = &["だけ", "のみ", "しか"];

/// Whether a clause of the passage that is near the sentence is limited to something that neither the sentence nor its
/// question speaks of, and the sentence says of no limit.
pub fn ignored(c: &Comparison<'_>) -> bool {
    limit(c.sentence).is_none()
        && c.clauses(c.passage.clone(), Grain::Clauses).iter().any(|(_, clause)| {
            let Some(limit) = limit(clause.text) else { return false };
            let (at, is_behind) = (clause.start + limit.start, ONLY_BEHIND.contains(&&clause.text[limit]));
            let content = || clause.terms.iter().filter(|t| !matches!(t.kind, Kind::Part | Kind::Unit));
            let before = content().rev().find(|term| term.range.start < at);
            let after = content().find(|term| term.range.start > at);
            let limited = if is_behind { before } else { after.or(before) };
            let ours = c.answer.query.terms.iter().map(|(term, _)| term);
            let shared = c.sum(ours.filter(|term| has(&clause.terms, term)));
            let is_ours = |term: &Term| c.says(term) || c.is_asked(term);
            limited.is_some_and(|term| !is_ours(term)) && shared > NEAR * c.answer.query.total
        })
}

/// Where `text` first says "only".
fn limit(text: &str) -> Option<Range<usize>> {
    let is_limit = |range: &Range<usize>| ONLY.contains(&text[range.clone()].to_lowercase().as_str());
    let behind = || ONLY_BEHIND.iter().find_map(|word| text.find(word).map(|at| at..at + word.len()));
    words(text).map(|word| word.range).find(is_limit).or_else(behind)
}
