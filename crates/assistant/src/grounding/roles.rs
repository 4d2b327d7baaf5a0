//! Who does what: words that the passage has in another part than the sentence.

use crate::{
    grounding::clauses::{Clause, Grain},
    grounding::comparison::{Comparison, has},
    grounding::figures,
    grounding::terms::Term,
};

/// Share of a statement that may come from behind the passage: what is meant was named before, not after.
const BEHIND: f32 = 0.3;
/// Share of a statement that each of two parts of a sentence must have alone for it to be torn between them.
const TORN: f32 = 0.25;

/// Words that set a part against the one before it.
const CONTRASTING: &[&str] = &["but", "aber", "doch", "pero", "mais"];

/// Whether two statements have each other's words, or a single one is from two parts of one sentence, or partly from
/// sentences that follow the passage.
pub fn exchanged(c: &Comparison<'_>) -> bool {
    is_crossed(c) || is_from_behind(c) || is_torn(c)
}

/// Whether of two statements, whose nearest parts of the passage differ, each has a word that is in the other's part alone.
fn is_crossed(c: &Comparison<'_>) -> bool {
    let parts = c.clauses(c.passage.clone(), Grain::Statements);
    let nearest = |statement: &Clause<'_>| {
        let shared = |part: &(usize, Clause<'_>)| c.shared(&statement.terms, &part.1.terms);
        (0..parts.len()).max_by(|&a, &b| shared(&parts[a]).total_cmp(&shared(&parts[b])))
    };
    let moved = |statement: &[Term], to: usize, from: usize| {
        statement.iter().any(|term| has(&parts[to].1.terms, term) && !has(&parts[from].1.terms, term))
    };
    let placed: Vec<(&Clause<'_>, usize)> =
        c.statements.iter().filter_map(|s| Some((s, nearest(s)?))).collect();
    placed.iter().enumerate().any(|(at, (a, p))| {
        placed[at + 1..].iter().any(|(b, q)| p != q && moved(&a.terms, *q, *p) && moved(&b.terms, *p, *q))
    })
}

fn is_from_behind(c: &Comparison<'_>) -> bool {
    let behind = c.after(c.passage.end - 1);
    let before = c.before(c.passage.start);
    let weight: f32 = c
        .answer
        .query
        .terms
        .iter()
        .enumerate()
        .filter(|&(bit, (term, _))| {
            let held = |sentences| c.answer.holds(sentences, bit);
            held(behind.clone()) && !held(c.passage.clone()) && !held(before.clone()) && !c.is_asked(term)
        })
        .map(|(_, (_, weight))| weight)
        .sum();
    c.statements.len() < 2 && weight > BEHIND * c.answer.query.total
}

/// Whether of a single statement one part of a sentence has some words, and the part set against it others, and each much of
/// them: what is said of one thing is said of another.
fn is_torn(c: &Comparison<'_>) -> bool {
    let core = c.core();
    let parts = c.clauses(core..core + 1, Grain::Statements);
    let alone = |here: &Clause<'_>, there: &Clause<'_>| {
        let ours = c.answer.query.terms.iter().map(|(term, _)| term);
        c.sum(ours.filter(|term| has(&here.terms, term) && !has(&there.terms, term)))
            > TORN * c.answer.query.total
    };
    c.statements.len() < 2
        && parts.windows(2).any(|pair| {
            let (before, behind) = (&pair[0].1, &pair[1].1);
            is_contrast(before.text, behind.text) && alone(before, behind) && alone(behind, before)
        })
}

/// Whether a part is set against the one before it, and about something else.
fn is_contrast(before: &str, behind: &str) -> bool {
    let first = behind.split_whitespace().next().unwrap_or_default();
    (before.trim_end().ends_with([';', '；']) || CONTRASTING.contains(&first)) && !figures::refers(behind)
}
