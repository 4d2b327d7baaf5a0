//! Which part of a page goes to the model when the whole does not fit its context.

use crate::{sentences::sentences, words::words};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// Bytes a token stands for at most on the average of a real text; a longer text is not even counted.
const BYTES_PER_TOKEN: usize = 12;
/// Pieces that a question chooses from are about this long, in bytes.
const PIECE: usize = 800;
/// BM25's two constants, at their usual values.
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// What of a text is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The text for the prompt.
    pub text: String,
    /// Bytes of the source that are in it.
    pub used: usize,
}

/// The beginning of `text` that takes at most `budget` tokens, cut after a sentence; all of it where it fits; none if
/// not even its first sentence does. `count` counts tokens. O(bytes up to the cut).
pub fn beginning(text: &str, budget: u32, count: &dyn Fn(&str) -> u32) -> Option<Part> {
    if let Some(whole) = whole(text, budget, count) {
        return Some(whole);
    }
    let mut spent = 0;
    let mut end = 0;
    // Cut off what cannot fit before looking for sentences.
    let reach = text.floor_char_boundary((budget as usize).saturating_mul(BYTES_PER_TOKEN));
    for sentence in sentences(&text[..reach]) {
        // One more for the white space between; tokens do not join over it.
        spent += count(&text[end..sentence.end]) + 1;
        if spent > budget {
            break;
        }
        end = sentence.end;
    }
    let used = text[..end].trim();
    (!used.is_empty()).then(|| Part { text: used.to_owned(), used: used.len() })
}

/// The pieces of `text` that say most about `question`, in the text's order, in at most `budget` tokens; all of it where it
/// fits; none if no piece does.
///
/// Pieces are paragraphs, long ones cut after sentences. They are ranked by BM25; what has no word of the question comes
/// last, the beginning first. O(bytes + pieces × log pieces).
pub fn relevant(text: &str, question: &str, budget: u32, count: &dyn Fn(&str) -> u32) -> Option<Part> {
    if let Some(whole) = whole(text, budget, count) {
        return Some(whole);
    }
    let pieces = pieces(text);
    let scores = bm25(text, &pieces, question);
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let mut spent = 0;
    let mut chosen = Vec::new();
    for piece in order {
        let cost = count(&text[pieces[piece].clone()]) + 2;
        if spent + cost > budget {
            break;
        }
        spent += cost;
        chosen.push(piece);
    }
    chosen.sort_unstable();
    let used = chosen.iter().map(|&p| pieces[p].len()).sum();
    let joined = chosen.iter().map(|&p| &text[pieces[p].clone()]).collect::<Vec<_>>().join("\n\n");
    (!joined.is_empty()).then_some(Part { text: joined, used })
}

fn whole(text: &str, budget: u32, count: &dyn Fn(&str) -> u32) -> Option<Part> {
    let trimmed = text.trim();
    let short = trimmed.len() / BYTES_PER_TOKEN <= budget as usize;
    (short && count(trimmed) <= budget).then(|| Part { text: trimmed.to_owned(), used: text.len() })
}

/// Paragraphs of `text`; long ones cut after sentences, short ones joined with what follows.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for sentence in sentences(text) {
        match pieces.last_mut() {
            Some(last)
                if sentence.end - last.start <= PIECE
                    && (!text[last.end..sentence.start].contains('\n') || last.len() < PIECE / 8) =>
            {
                last.end = sentence.end;
            }
            _ => pieces.push(sentence),
        }
    }
    pieces
}

/// `sum over words t of the question: idf(t) f (k1 + 1) / (f + k1 (1 - b + b |piece| / mean))`, f how often t is in
/// the piece. Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009.
fn bm25(text: &str, pieces: &[Range<usize>], question: &str) -> Vec<f32> {
    let asked: HashSet<String> = words(question).filter(|w| !w.stop).map(|w| w.key).collect();
    let mut counts: Vec<HashMap<String, f32>> = Vec::with_capacity(pieces.len());
    let mut lengths = Vec::with_capacity(pieces.len());
    let mut with: HashMap<String, f32> = HashMap::new();
    for piece in pieces {
        let mut found: HashMap<String, f32> = HashMap::new();
        let mut length = 0.0;
        for word in words(&text[piece.clone()]) {
            length += 1.0;
            if asked.contains(&word.key) {
                *found.entry(word.key).or_default() += 1.0;
            }
        }
        for key in found.keys() {
            *with.entry(key.clone()).or_default() += 1.0;
        }
        counts.push(found);
        lengths.push(length);
    }
    let total = pieces.len().max(1) as f32;
    let mean = (lengths.iter().sum::<f32>() / total).max(1.0);
    let idf = |key: &str| {
        let df = with.get(key).copied().unwrap_or(0.0);
        (1.0 + (total - df + 0.5) / (df + 0.5)).ln()
    };
    // Summed in a fixed order, so that equal inputs give equal bits.
    let mut asked: Vec<&String> = asked.iter().collect();
    asked.sort_unstable();
    counts
        .iter()
        .zip(&lengths)
        .map(|(found, length)| {
            asked
                .iter()
                .filter_map(|&key| found.get(key).map(|f| (key, f)))
                .map(|(key, f)| idf(key) * f * (K1 + 1.0) / (f + K1 * (1.0 - B + B * length / mean)))
                .sum()
        })
        .collect()
}
