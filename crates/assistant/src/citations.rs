//! Which passage of the source supports a generated sentence.
//!
//! Lexical, computed from the texts alone: the share of the sentence's words, each weighted by how rare it is in the
//! source, that a passage of one or two neighbouring sentences holds. Nothing that the model says about its sources is used.

use crate::{
    sentences::sentences,
    units::Units,
    words::{Word, words},
};
use protocol::Passage;
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// Least score of a passage that is shown.
const THRESHOLD: f32 = 0.4;
/// What a neighbouring sentence must add to be taken into the passage.
const NEIGHBOUR_GAIN: f32 = 0.15;
/// How much the question's words count beside the answer's when passages are ranked.
const QUESTION_SHARE: f32 = 0.35;
/// Numbers and names weigh more: they are what a reader checks.
const FACT_WEIGHT: f32 = 1.5;
/// Most words of a sentence that are looked at: the bits of a mask.
const MOST_TERMS: usize = 64;
/// What is left of a score when a number of the sentence is not in the passage.
const WRONG_NUMBER: f32 = 0.6;

/// The source, indexed once for all sentences.
pub struct Index<'a> {
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
    /// Key, weight, and whether it is a number; each key once.
    terms: Vec<(String, f32, bool)>,
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
            for word in words(&text[passage.clone()]).filter(|w| !w.stop) {
                let list = postings.entry(word.key).or_default();
                if list.last() != Some(&(number as u32)) {
                    list.push(number as u32);
                    sizes[number] += 1;
                }
            }
        }
        Self { units: Units::new(text), passages, postings, sizes, breaks }
    }

    /// Whether the source holds a word of this key.
    pub fn holds(&self, key: &str) -> bool {
        self.postings.contains_key(key)
    }

    /// The passage that supports `sentence` best, if one does. `question` is what the sentence answers, where there
    /// is one: of passages that hold the answer's words, the one that also speaks of the question wins.
    ///
    /// The score is `sum of w(t) over the sentence's words in the passage / sum of w(t) over all of them` with
    /// `w(t) = ln(1 + N / df(t))`, times 1.5 for numbers and names; it is cut by 0.6 where a number is not in the
    /// passage. O(sentences of the source × words of the sentence) at worst.
    pub fn support(&self, sentence: &str, question: Option<&str>) -> Option<Passage> {
        let answer = self.ask(sentence);
        if answer.query.total <= 0.0 {
            return None;
        }
        let question = question.map(|q| self.ask(q)).filter(|q| q.query.total > 0.0);
        let mut best: Option<(f32, usize, usize)> = None;
        for first in (0..self.passages.len()).filter(|&s| answer.held[s] != 0) {
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
        (score >= THRESHOLD && !lonely).then(|| Passage {
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
        let mut terms = Vec::new();
        for (place, Word { key, number, capital, stop, .. }) in words(sentence).enumerate() {
            if stop || !seen.insert(key.clone()) {
                continue;
            }
            if terms.len() == MOST_TERMS {
                break;
            }
            let fact = number || capital && place > 0;
            let weight = self.rarity(&key) * if fact { FACT_WEIGHT } else { 1.0 };
            terms.push((key, weight, number));
        }
        let total = terms.iter().map(|(_, w, _)| w).sum();
        Query { terms, total }
    }

    /// `ln(1 + N / df)`; a word that the source lacks is taken to stand in one sentence.
    fn rarity(&self, key: &str) -> f32 {
        let sentences = self.passages.len().max(1) as f32;
        let with = self.postings.get(key).map_or(1, Vec::len).max(1) as f32;
        (1.0 + sentences / with).ln()
    }

    /// For each sentence of the source, which of the query's words it holds: bit `i` for `terms[i]`.
    fn held(&self, query: &Query) -> Vec<u64> {
        let mut held = vec![0; self.passages.len()];
        for (term, (key, ..)) in query.terms.iter().enumerate() {
            for &sentence in self.postings.get(key).into_iter().flatten() {
                held[sentence as usize] |= 1 << term;
            }
        }
        held
    }

    /// What passages are compared by: coverage of the answer, then of the question, then brevity.
    fn rank(&self, answer: &Asked, question: Option<&Asked>, passage: Range<usize>) -> f32 {
        let question = question.map_or(0.0, |q| QUESTION_SHARE * q.coverage(passage.clone()));
        let size: u32 = self.sizes[passage.clone()].iter().sum();
        answer.coverage(passage) + question + 0.05 / (1.0 + size as f32)
    }
}

/// A query, and which of its words each sentence of the source holds.
struct Asked {
    query: Query,
    held: Vec<u64>,
}

impl Asked {
    /// Share of the query's weight that the passage holds, cut where one of its numbers is missing there; 0 to 1.
    fn coverage(&self, passage: Range<usize>) -> f32 {
        let held = self.held[passage].iter().fold(0, |all, bits| all | bits);
        let mut weight = 0.0;
        let mut wrong = false;
        for (bit, (_, term_weight, number)) in self.query.terms.iter().enumerate() {
            if held >> bit & 1 == 1 {
                weight += term_weight;
            } else {
                wrong |= number;
            }
        }
        weight / self.query.total.max(f32::MIN_POSITIVE) * if wrong { WRONG_NUMBER } else { 1.0 }
    }
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
