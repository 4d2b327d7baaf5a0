//! A sentence beside the passage that has most of its words, as the checks see the two that may withhold its link.

use crate::{
    grounding::citations::{Asked, Index},
    grounding::clauses::{Clause, Grain, clauses},
    grounding::denial,
    grounding::figures,
    grounding::limits,
    grounding::names,
    grounding::roles,
    grounding::terms::{Kind, Term, terms},
};
use std::ops::Range;

/// How many sentences around a passage say who is spoken of.
pub const CONTEXT: usize = 2;

/// What is compared. Sentences of the source go by their number.
pub struct Comparison<'a> {
    /// The source.
    pub index: &'a Index<'a>,
    /// The sentence.
    pub sentence: &'a str,
    /// Its terms, and where the source has them.
    pub answer: &'a Asked,
    /// What it answers.
    question: Option<&'a Asked>,
    /// What in it could be sentences.
    pub statements: Vec<Clause<'a>>,
    /// One or two sentences of the source.
    pub passage: Range<usize>,
    /// The passage and its neighbours: their terms.
    near: Vec<(usize, Vec<Term>)>,
}

impl<'a> Comparison<'a> {
    /// Compares `sentence`, which is `answer`, with `passage`.
    pub fn new(
        index: &'a Index<'a>,
        sentence: &'a str,
        answer: &'a Asked,
        question: Option<&'a Asked>,
        passage: Range<usize>,
    ) -> Self {
        let around = passage.start.saturating_sub(1)..(passage.end + 1).min(index.len());
        let near = around.map(|s| (s, terms(index.text(s..s + 1)))).collect();
        Self {
            index,
            sentence,
            answer,
            question,
            statements: clauses(sentence, Grain::Statements),
            passage,
            near,
        }
    }

    /// Whether the sentence says otherwise than the passage, by one of the checks. O(bytes of the passage × words of the
    /// sentence), and one look at every sentence of the source.
    pub fn contradicts(&self) -> bool {
        figures::misplaced(self)
            || names::mistaken(self)
            || roles::exchanged(self)
            || denial::contrary(self)
            || limits::ignored(self)
    }

    /// The passage's text.
    pub fn text(&self) -> &'a str {
        self.index.text(self.passage.clone())
    }

    /// The sentence of the passage that has more of the terms.
    pub fn core(&self) -> usize {
        let share = |s: usize| self.answer.coverage(s..s + 1);
        self.passage.clone().max_by(|&a, &b| share(a).total_cmp(&share(b))).unwrap_or(self.passage.start)
    }

    /// The passage and a sentence on either side, with their terms.
    pub fn near(&self) -> impl Iterator<Item = (usize, &[Term])> {
        self.near.iter().map(|(s, terms)| (*s, terms.as_slice()))
    }

    /// The clauses of some sentences of the source, with the number of their sentence.
    pub fn clauses(&self, sentences: Range<usize>, grain: Grain) -> Vec<(usize, Clause<'a>)> {
        let of =
            |s: usize| clauses(self.index.text(s..s + 1), grain).into_iter().map(move |clause| (s, clause));
        sentences.flat_map(of).collect()
    }

    /// The sentences up to `CONTEXT` before number `s`.
    pub fn before(&self, s: usize) -> Range<usize> {
        s.saturating_sub(CONTEXT)..s
    }

    /// The sentences up to `CONTEXT` after number `s`.
    pub fn after(&self, s: usize) -> Range<usize> {
        (s + 1).min(self.index.len())..(s + 1 + CONTEXT).min(self.index.len())
    }

    /// Place of a term among the sentence's.
    pub fn bit(&self, term: &Term) -> Option<usize> {
        self.answer.query.terms.iter().position(|(ours, _)| ours.key == term.key)
    }

    /// Weight of a term of the sentence.
    pub fn weight(&self, term: &Term) -> f32 {
        self.bit(term).map_or(0.0, |bit| self.answer.query.terms[bit].1)
    }

    /// Weight of some of the sentence's terms.
    pub fn sum<'t>(&self, terms: impl Iterator<Item = &'t Term>) -> f32 {
        terms.map(|term| self.weight(term)).sum()
    }

    /// Weight of a clause's terms that `theirs` has too.
    pub fn shared(&self, clause: &[Term], theirs: &[Term]) -> f32 {
        self.sum(clause.iter().filter(|term| has(theirs, term)))
    }

    /// Whether the question has a term.
    pub fn is_asked(&self, term: &Term) -> bool {
        self.question.is_some_and(|q| q.query.terms.iter().any(|(asked, _)| asked.matches(term)))
    }

    /// Whether the sentence has a term.
    pub fn says(&self, term: &Term) -> bool {
        self.answer.query.terms.iter().any(|(ours, _)| ours.matches(term))
    }
}

/// Whether `terms` has one that means the same.
pub fn has(terms: &[Term], term: &Term) -> bool {
    terms.iter().any(|other| other.matches(term))
}

/// Whether a term is a word, and neither a number nor what one counts.
pub fn is_word(term: &Term) -> bool {
    matches!(term.kind, Kind::Word | Kind::Name | Kind::First)
}
