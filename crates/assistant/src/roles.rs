//! Who does what: words that the passage has in another part than the sentence.

use crate::{
    clauses::{Clause, Grain},
    comparison::{Comparison, has},
    terms::Term,
};

/// Share of a statement that may come from behind the passage: what is meant was named before, not after.
const BEHIND: f32 = 0.3;

/// Whether two statements have each other's words, or a single one is partly from sentences that follow the passage.
pub fn exchanged(c: &Comparison<'_>) -> bool {
    is_crossed(c) || is_from_behind(c)
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
