//! Which passages of a long text a question is answered from.

use crate::{
    chunks::{Passage, passages},
    words::words,
};
use protocol::{Role, Turn};
use std::{
    collections::{BTreeMap, HashMap},
    iter,
    ops::Range,
};

/// BM25's two constants, at their usual values.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// What a word of an earlier question counts beside one of the last question; again for every exchange further back.
const EARLIER: f32 = 0.4;
/// What a word of an earlier answer counts beside one of its question.
const ANSWER: f32 = 0.5;
/// Turns that count, the last question included: more would drown it.
const TURNS: usize = 5;
/// Passages with less than this share of the best one's score are left out.
const LEAST_SHARE: f32 = 0.25;
/// Most passages chosen for their own sake; more would distract a small model, and nobody would read a list of them.
const MOST: usize = 8;
/// The best so many passages bring their neighbours.
const EXPLAINED: usize = 3;

/// What of a text the model sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The text for the prompt.
    pub text: String,
    /// Where it stands in the source, in bytes, ascending and apart.
    pub ranges: Vec<Range<usize>>,
}

impl Part {
    /// All of `text`.
    pub fn whole(text: &str) -> Self {
        Self { text: text.trim().to_owned(), ranges: iter::once(0..text.len()).collect() }
    }
}

/// The passages of `text` that say most about the last of `turns`, with their headings and neighbours and the beginning, in
/// the text's order, in at most `budget` tokens; none if no passage fits.
///
/// Passages are ranked by BM25 over their own words and their heading's. A word's weight is 1 where the last question
/// has it, less where only earlier turns have it: "and who paid for it?" is about what was asked before. Where no passage has
/// a word of the conversation, the beginning is taken. O(bytes + passages × log passages).
pub fn relevant(text: &str, turns: &[Turn], budget: u32, count: &dyn Fn(&str) -> u32) -> Option<Part> {
    let passages = passages(text);
    let scores = bm25(text, &passages, &query(turns));
    let best = scores.iter().copied().fold(0.0, f32::max);
    let mut chosen = Chosen { text, passages: &passages, budget, count, ranges: BTreeMap::new(), spent: 0 };
    if best > 0.0 {
        let mut order: Vec<usize> =
            (0..passages.len()).filter(|&p| scores[p] >= best * LEAST_SHARE).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        order.truncate(MOST);
        for &passage in &order {
            chosen.take(passage);
        }
        // What the page is about is mostly said where it begins.
        chosen.take(0);
        // What stands beside a passage explains it, the best ones first.
        for &passage in order.iter().take(EXPLAINED) {
            chosen.take(passage + 1);
            passage.checked_sub(1).into_iter().for_each(|before| chosen.take(before));
        }
    } else {
        for passage in 0..passages.len() {
            let before = chosen.spent;
            chosen.take(passage);
            if chosen.spent == before {
                break;
            }
        }
    }
    chosen.part()
}

/// The words of the conversation, with their weights.
fn query(turns: &[Turn]) -> BTreeMap<String, f32> {
    let mut query: BTreeMap<String, f32> = BTreeMap::new();
    let mut weight = 1.0;
    for turn in turns.iter().rev().take(TURNS) {
        // Read backwards, an answer begins an earlier exchange.
        let share = match turn.role {
            Role::User => 1.0,
            Role::Assistant => {
                weight *= EARLIER;
                ANSWER
            }
        };
        for word in words(&turn.text).filter(|word| !word.stop) {
            let held = query.entry(word.key).or_default();
            *held = held.max(weight * share);
        }
    }
    query
}

/// `sum over words t of the query: weight(t) idf(t) f (k1 + 1) / (f + k1 (1 - b + b |passage| / mean))`, f how often t is
/// in the passage or its heading. Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.
fn bm25(text: &str, passages: &[Passage], query: &BTreeMap<String, f32>) -> Vec<f32> {
    let mut counts: Vec<BTreeMap<&str, f32>> = Vec::with_capacity(passages.len());
    let mut lengths = Vec::with_capacity(passages.len());
    let mut with: HashMap<&str, f32> = HashMap::new();
    for passage in passages {
        let mut found: BTreeMap<&str, f32> = BTreeMap::new();
        let mut length = 0.0;
        let heading = passage.heading.clone().unwrap_or(0..0);
        for word in words(&text[heading]).chain(words(&text[passage.range.clone()])) {
            length += 1.0;
            if let Some((key, _)) = query.get_key_value(&word.key) {
                *found.entry(key).or_default() += 1.0;
            }
        }
        for key in found.keys() {
            *with.entry(key).or_default() += 1.0;
        }
        counts.push(found);
        lengths.push(length);
    }
    let total = passages.len().max(1) as f32;
    let mean = (lengths.iter().sum::<f32>() / total).max(1.0);
    let idf = |key: &str| {
        let df = with.get(key).copied().unwrap_or(0.0);
        (1.0 + (total - df + 0.5) / (df + 0.5)).ln()
    };
    // Maps in order, so that equal inputs give equal bits.
    let score = |found: &BTreeMap<&str, f32>, length: f32| {
        let of_word = |(&key, f): (&&str, &f32)| {
            query[key] * idf(key) * f * (K1 + 1.0) / (f + K1 * (1.0 - B + B * length / mean))
        };
        found.iter().map(of_word).sum()
    };
    counts.iter().zip(&lengths).map(|(found, &length)| score(found, length)).collect()
}

/// Passages that were chosen, while the budget lasts.
struct Chosen<'a> {
    text: &'a str,
    passages: &'a [Passage],
    budget: u32,
    count: &'a dyn Fn(&str) -> u32,
    /// Starts of ranges to their ends.
    ranges: BTreeMap<usize, usize>,
    spent: u32,
}

impl Chosen<'_> {
    /// Takes a passage, and the heading that it stands under, if there is one and both fit.
    fn take(&mut self, passage: usize) {
        let Some(Passage { range, heading }) = self.passages.get(passage) else { return };
        // A heading may be the beginning of a passage that is chosen already.
        let heading = heading.clone().filter(|heading| !self.ranges.contains_key(&heading.start));
        let new =
            heading.into_iter().chain([range.clone()]).filter(|r| self.ranges.get(&r.start) != Some(&r.end));
        let new: Vec<Range<usize>> = new.collect();
        // Two more for the blank line between.
        let cost: u32 = new.iter().map(|r| (self.count)(&self.text[r.clone()]) + 2).sum();
        if self.spent + cost <= self.budget {
            self.spent += cost;
            for range in new {
                let end = self.ranges.entry(range.start).or_default();
                *end = range.end.max(*end);
            }
        }
    }

    /// All that was chosen, what stands side by side joined.
    fn part(self) -> Option<Part> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (start, end) in self.ranges {
            match ranges.last_mut() {
                Some(last) if start <= last.end || self.text[last.end..start].trim().is_empty() => {
                    last.end = last.end.max(end);
                }
                _ => ranges.push(start..end),
            }
        }
        let texts: Vec<&str> = ranges.iter().map(|r| &self.text[r.clone()]).collect();
        (!ranges.is_empty()).then(|| Part { text: texts.join("\n\n"), ranges })
    }
}
