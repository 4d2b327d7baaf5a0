//! Which passage of the source supports a generated sentence.
//!
//! Lexical, computed from the texts alone: the share of the sentence's words, each weighted by how rare it is in the
//! source, that a passage of one or two neighbouring sentences holds. A passage that the sentence contradicts is not linked.
//! Nothing that the model says about its sources is used.

use crate::{
    consistency::{confused_names, negated, reversed_names},
    sentences::sentences,
    terms::{Term, terms},
    units::Units,
};
use protocol::Passage;
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// Least score of a passage that is shown.
const THRESHOLD: f32 = 0.3;
/// Least score of a passage that also speaks of the question.
const ANSWER_THRESHOLD: f32 = 0.15;
/// Share of the question that such a passage holds.
const ON_QUESTION: f32 = 0.15;
/// From this score on the words are so near the passage's that a difference of meaning is a contradiction.
const NEAR: f32 = 0.5;
/// How many sentences around a passage say who is spoken of.
const CONTEXT: usize = 2;
/// What a neighbouring sentence must add to be taken into the passage.
const NEIGHBOUR_GAIN: f32 = 0.15;
/// How much the question's words count beside the answer's when passages are ranked.
const QUESTION_SHARE: f32 = 0.35;
/// Numbers and names weigh more: they are what a reader checks.
const FACT_WEIGHT: f32 = 1.5;
/// Most words of a sentence that are looked at: the bits of a mask.
const MOST_TERMS: usize = 64;
/// What a word counts of which the passage has only another form.
const STEM_SHARE: f32 = 0.8;

/// The source, indexed once for all sentences.
pub struct Index<'a> {
    text: &'a str,
    units: Units<'a>,
    passages: Vec<Range<usize>>,
    /// Key of a word to the sentences that hold it, ascending.
    postings: HashMap<String, Vec<u32>>,
    /// How many different words each sentence has, stop words aside.
    sizes: Vec<u32>,
    /// Whether a blank line or heading separates sentence `i` from the one before.
    breaks: Vec<bool>,
}

/// Words of a sentence as they are looked up.
struct Query {
    /// Each key once, with its weight.
    terms: Vec<(Term, f32)>,
    total: f32,
}

impl<'a> Index<'a> {
    /// Indexes `text`. O(bytes).
    pub fn new(text: &'a str) -> Self {
        let passages = sentences(text);
        let mut postings: HashMap<String, Vec<u32>> = HashMap::new();
        let mut sizes = vec![0; passages.len()];
        let mut breaks = vec![true; passages.len()];
        for (number, passage) in passages.iter().enumerate() {
            if number > 0 {
                breaks[number] = text[passages[number - 1].end..passage.start].contains('\n');
            }
            for term in terms(&text[passage.clone()]) {
                let is_new = post(&mut postings, term.key, number as u32);
                sizes[number] += u32::from(is_new);
                if let Some(stem) = term.stem {
                    post(&mut postings, stem, number as u32);
                }
            }
        }
        Self { text, units: Units::new(text), passages, postings, sizes, breaks }
    }

    /// Whether the source holds a word of this key.
    pub fn holds(&self, key: &str) -> bool {
        self.postings.contains_key(key)
    }

    /// The passage that supports `sentence` best, if one does. `question` is what the sentence answers, where there
    /// is one: of passages that hold the answer's words, the one that also speaks of the question wins.
    ///
    /// The score is `sum of w(t) over the sentence's words in the passage / sum of w(t) over all of them` with
    /// `w(t) = ln(1 + N / df(t))`, times 1.5 for numbers and names; another form of a word counts 0.8 of it. A passage
    /// that the sentence contradicts is no support, however well it scores. O(sentences of the source × words of the sentence) at worst.
    pub fn support(&self, sentence: &str, question: Option<&str>) -> Option<Passage> {
        let answer = self.ask(sentence);
        if answer.query.total <= 0.0 {
            return None;
        }
        let question = question.map(|q| self.ask(q)).filter(|q| q.query.total > 0.0);
        let mut best: Option<(f32, usize, usize)> = None;
        for first in (0..self.passages.len()).filter(|&s| answer.held[s].exact | answer.held[s].stem != 0) {
            offer(&mut best, self.rank(&answer, question.as_ref(), first..first + 1), first, first + 1);
            for pair in [first.checked_sub(1).map(|before| before..first + 1), Some(first..first + 2)] {
                let Some(pair) = pair.filter(|p| p.end <= self.passages.len() && !self.breaks[p.end - 1])
                else {
                    continue;
                };
                let together = self.rank(&answer, question.as_ref(), pair.clone());
                offer(&mut best, together - NEIGHBOUR_GAIN, pair.start, pair.end);
            }
        }
        let (_, start, end) = best?;
        let score = answer.coverage(start..end).clamp(0.0, 1.0);
        // One common word proves nothing, unless a question says what it is about.
        let lonely = answer.query.terms.len() < 2 && question.is_none();
        let on_question = question.as_ref().is_some_and(|q| q.coverage(start..end) >= ON_QUESTION);
        let least = if on_question { ANSWER_THRESHOLD } else { THRESHOLD };
        (score >= least && !lonely && !self.contradicts(&answer, sentence, start..end)).then(|| Passage {
            start: self.units.at(self.passages[start].start),
            end: self.units.at(self.passages[end - 1].end),
            score,
        })
    }

    fn ask(&self, sentence: &str) -> Asked {
        let query = self.query(sentence);
        let held = self.held(&query);
        Asked { query, held }
    }

    fn query(&self, sentence: &str) -> Query {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for term in terms(sentence).into_iter().filter(|t| seen.insert(t.key.clone())).take(MOST_TERMS) {
            let fact = term.number || term.name;
            let weight = self.rarity(&term) * if fact { FACT_WEIGHT } else { 1.0 };
            found.push((term, weight));
        }
        let total = found.iter().map(|(_, w)| w).sum();
        Query { terms: found, total }
    }

    /// `ln(1 + N / df)`; a word that the source lacks is taken to stand in one sentence.
    fn rarity(&self, term: &Term) -> f32 {
        let sentences = self.passages.len().max(1) as f32;
        let list = self.postings.get(&term.key).or_else(|| self.postings.get(term.stem.as_ref()?));
        let with = list.map_or(1, Vec::len).max(1) as f32;
        (1.0 + sentences / with).ln()
    }

    /// For each sentence of the source, which of the query's words it holds: bit `i` for `terms[i]`.
    fn held(&self, query: &Query) -> Vec<Held> {
        let mut held = vec![Held::default(); self.passages.len()];
        for (bit, (term, _)) in query.terms.iter().enumerate() {
            for &sentence in self.postings.get(&term.key).into_iter().flatten() {
                held[sentence as usize].exact |= 1 << bit;
            }
            for &sentence in term.stem.as_ref().and_then(|s| self.postings.get(s)).into_iter().flatten() {
                held[sentence as usize].stem |= 1 << bit;
            }
        }
        held
    }

    /// Whether the sentence says otherwise than the passage: a number or name that stands elsewhere, names that look
    /// alike, and, where the words are nearly the passage's, a denial on one side only or names in reverse order.
    fn contradicts(&self, answer: &Asked, sentence: &str, passage: Range<usize>) -> bool {
        let text = &self.text[self.passages[passage.start].start..self.passages[passage.end - 1].end];
        self.misplaced(answer, passage.clone())
            || confused_names(sentence, text)
            || answer.coverage(passage) >= NEAR
                && (clause_differs(sentence, text, &answer.query) || reversed_names(sentence, text))
    }

    /// Whether a number is not in the passage, or a name not near it though the source has it. What another sentence
    /// gives together with more of what the passage lacks is merged from both, and no mistake.
    fn misplaced(&self, answer: &Asked, passage: Range<usize>) -> bool {
        let here = answer.together(passage.clone());
        let near = answer.together(
            passage.start.saturating_sub(CONTEXT)..(passage.end + CONTEXT).min(self.passages.len()),
        );
        let missing = |text: Held, bit: usize| text.exact >> bit & 1 == 0;
        let is_merged = |bit: usize| {
            answer.held.iter().any(|other| {
                let more = (other.exact | other.stem) & !(here.exact | here.stem);
                other.exact >> bit & 1 == 1 && more & !(1 << bit) != 0
            })
        };
        let numbers = |held: Held| -> usize {
            answer
                .query
                .terms
                .iter()
                .enumerate()
                .filter(|&(bit, (t, _))| t.number && !missing(held, bit))
                .count()
        };
        let has_others = numbers(here) > 0;
        answer.query.terms.iter().enumerate().any(|(bit, (term, _))| {
            term.number && missing(here, bit) && !(has_others && is_merged(bit))
                || term.name && missing(near, bit) && self.holds(&term.key) && !is_merged(bit)
        })
    }

    /// What passages are compared by: coverage of the answer, then of the question, then brevity.
    fn rank(&self, answer: &Asked, question: Option<&Asked>, passage: Range<usize>) -> f32 {
        let question = question.map_or(0.0, |q| QUESTION_SHARE * q.coverage(passage.clone()));
        let size: u32 = self.sizes[passage.clone()].iter().sum();
        answer.coverage(passage) + question + 0.05 / (1.0 + size as f32)
    }
}

/// Which words of a query a text holds, as bits.
#[derive(Clone, Copy, Default)]
struct Held {
    exact: u64,
    /// In another form.
    stem: u64,
}

/// A query, and which of its words each sentence of the source holds.
struct Asked {
    query: Query,
    held: Vec<Held>,
}

impl Asked {
    fn together(&self, passage: Range<usize>) -> Held {
        self.held[passage].iter().fold(Held::default(), |all, held| Held {
            exact: all.exact | held.exact,
            stem: all.stem | held.stem,
        })
    }

    /// Share of the query's weight that the passage holds, 0 to 1.
    fn coverage(&self, passage: Range<usize>) -> f32 {
        let held = self.together(passage);
        let weight: f32 = self
            .query
            .terms
            .iter()
            .enumerate()
            .map(|(bit, (_, weight))| {
                if held.exact >> bit & 1 == 1 {
                    *weight
                } else if held.stem >> bit & 1 == 1 {
                    STEM_SHARE * weight
                } else {
                    0.0
                }
            })
            .sum();
        weight / self.query.total.max(f32::MIN_POSITIVE)
    }
}

/// Weight of the query's words that a clause has, numbers aside.
fn shared(clause: &[Term], query: &Query) -> f32 {
    let has =
        |term: &Term| clause.iter().any(|c| c.key == term.key || c.stem.is_some() && c.stem == term.stem);
    query.terms.iter().filter(|(term, _)| !term.number && has(term)).map(|(_, weight)| weight).sum()
}

/// Whether the clauses of `passage` that are nearest to the sentence deny what it affirms, or the reverse, or give a
/// number of their own while the sentence's is in a clause that is further off. O(bytes of the passage × words of the sentence).
fn clause_differs(sentence: &str, passage: &str, query: &Query) -> bool {
    let clauses: Vec<(&str, Vec<Term>)> = clauses(passage).into_iter().map(|c| (c, terms(c))).collect();
    let scores: Vec<f32> = clauses.iter().map(|(_, terms)| shared(terms, query)).collect();
    let best = scores.iter().copied().fold(0.0, f32::max);
    let is_denied = negated(sentence);
    let ours: HashSet<&str> =
        query.terms.iter().filter(|(t, _)| t.number).map(|(t, _)| t.key.as_str()).collect();
    let numbers = |terms: &[Term]| -> (bool, bool) {
        let all = || terms.iter().filter(|t| t.number);
        (all().any(|t| ours.contains(t.key.as_str())), all().any(|t| !ours.contains(t.key.as_str())))
    };
    let nearest = || clauses.iter().zip(&scores).filter(|(_, score)| **score >= best - f32::EPSILON);
    // A denial may be in any clause of the passage; what is affirmed must not be denied in the nearest.
    let differs = if is_denied { !negated(passage) } else { nearest().all(|((text, _), _)| negated(text)) };
    let has_ours_elsewhere = clauses.iter().any(|(_, terms)| numbers(terms).0);
    differs || has_ours_elsewhere && nearest().all(|((_, terms), _)| numbers(terms) == (false, true))
}

/// Parts of a passage between marks. A mark inside a number ends none.
fn clauses(passage: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, mark) in passage.char_indices() {
        let end = at + mark.len_utf8();
        let ends = match mark {
            ',' | ';' | ':' | '.' => passage[end..].starts_with(char::is_whitespace),
            '、' | '。' | '，' | '；' | '—' => true,
            _ => false,
        };
        if ends {
            found.push(&passage[start..end]);
            start = end;
        }
    }
    found.push(&passage[start..]);
    found
}

/// Notes that `sentence` holds `key`; whether that is new. Sentences come in order.
fn post(postings: &mut HashMap<String, Vec<u32>>, key: String, sentence: u32) -> bool {
    let list = postings.entry(key).or_default();
    let is_new = list.last() != Some(&sentence);
    if is_new {
        list.push(sentence);
    }
    is_new
}

/// Keeps the better of `best` and the offer; of equals the earlier and shorter one, so that order of visit is no matter.
fn offer(best: &mut Option<(f32, usize, usize)>, rank: f32, start: usize, end: usize) {
    let better = best.is_none_or(|(r, s, e)| match rank.total_cmp(&r) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => (start, end) < (s, e),
        std::cmp::Ordering::Less => false,
    });
    if better {
        *best = Some((rank, start, end));
    }
}
