//! SentencePiece's BPE: text is merged as it is, without words, and every token has a score.
//!
//! Of all neighbours that together are a token, the pair of the best score is merged, the leftmost of equal ones, until
//! none is left; what is then no token is written byte by byte. Spaces are `▁`. (Kudo and Richardson 2018,
//! arXiv:1808.06226; the order of merges is llama.cpp's.) A heap of candidates makes it O(n log n).

use crate::{
    TextError,
    special_tokens::{self, Kind},
};
use gguf::Metadata;
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

/// The part of a tokenizer that plain text meets, for `tokenizer.ggml.model` = `llama`.
pub(crate) struct SentencePiece {
    /// The ids of the tokens that text can become.
    ids: HashMap<Box<str>, u32>,
    /// By id; the higher, the sooner merged.
    scores: Vec<f32>,
    /// The token of each byte.
    bytes: [u32; 256],
    /// Bytes of the longest token: what is longer need not be looked up.
    longest: usize,
}

/// A stretch of the text: a character, or several that were merged. Empty, it was merged into the one before.
struct Symbol {
    start: usize,
    length: usize,
    before: Option<usize>,
    after: Option<usize>,
}

/// Two neighbours that together are a token. The greatest is merged first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    score: Score,
    left: Reverse<usize>,
    right: usize,
    /// Bytes of both: other than at the time of merging if one of them has grown since.
    length: usize,
}

/// A score, in the order of numbers.
#[derive(Clone, Copy, PartialEq)]
struct Score(f32);

impl Eq for Score {}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl SentencePiece {
    pub(crate) fn new(metadata: &Metadata, tokens: &[String], kinds: &[Kind]) -> Result<Self, TextError> {
        let scores = match metadata.opt_floats("tokenizer.ggml.scores")? {
            Some(scores) if scores.len() != tokens.len() => {
                let (tokens, scores) = (tokens.len(), scores.len());
                return Err(TextError::BadTokenizer(format!("{tokens} tokens have {scores} scores")));
            }
            // Two zeros are equal.
            Some(scores) => scores.iter().map(|score| score + 0.0).collect(),
            None => vec![0.0; tokens.len()],
        };
        let mut ids = HashMap::with_capacity(tokens.len());
        let mut bytes = [None; 256];
        for (id, (text, kind)) in (0..).zip(tokens.iter().zip(kinds)) {
            if let Some(byte) = special_tokens::byte_named(text) {
                bytes[usize::from(byte)] = Some(id);
            }
            // Text that spells a special token, or a byte's, is text nevertheless.
            if !matches!(kind, Kind::Special | Kind::Byte(_))
                && ids.insert(text.as_str().into(), id).is_some()
            {
                return Err(TextError::BadTokenizer(format!("the token {text} occurs twice")));
            }
        }
        if let Some(byte) = bytes.iter().position(Option::is_none) {
            return Err(TextError::BadTokenizer(format!("the byte {byte:#04x} has no token")));
        }
        Ok(Self {
            ids,
            scores,
            bytes: bytes.map(Option::unwrap_or_default),
            longest: tokens.iter().map(String::len).max().unwrap_or(0),
        })
    }

    /// Appends the ids of `text`.
    pub(crate) fn encode(&self, text: &str, ids: &mut Vec<u32>) {
        let text = text.replace(' ', "▁");
        for symbol in self.merge(&text).iter().filter(|symbol| symbol.length > 0) {
            let piece = &text[symbol.start..symbol.start + symbol.length];
            match self.ids.get(piece) {
                Some(&id) => ids.push(id),
                None => ids.extend(piece.bytes().map(|byte| self.bytes[usize::from(byte)])),
            }
        }
    }

    /// Appends what a token of text stands for.
    pub(crate) fn decode(&self, token: &str, bytes: &mut Vec<u8>) {
        bytes.extend(token.replace('▁', " ").as_bytes());
    }

    /// The symbols of `text` when nothing is left to merge.
    fn merge(&self, text: &str) -> Vec<Symbol> {
        let mut symbols: Vec<Symbol> = (0..)
            .zip(text.char_indices())
            .map(|(index, (start, c)): (usize, _)| Symbol {
                start,
                length: c.len_utf8(),
                before: index.checked_sub(1),
                after: Some(index + 1),
            })
            .collect();
        if let Some(last) = symbols.last_mut() {
            last.after = None;
        }

        let mut pairs: BinaryHeap<Pair> =
            (1..symbols.len()).filter_map(|right| self.pair(text, &symbols, right - 1, right)).collect();
        while let Some(Pair { left: Reverse(left), right, length, .. }) = pairs.pop() {
            let [a, b] = [left, right].map(|index| symbols[index].length);
            if a == 0 || b == 0 || a + b != length {
                continue;
            }
            let after = symbols[right].after;
            symbols[right].length = 0;
            symbols[left].length = length;
            symbols[left].after = after;
            if let Some(after) = after {
                symbols[after].before = Some(left);
                pairs.extend(self.pair(text, &symbols, left, after));
            }
            if let Some(before) = symbols[left].before {
                pairs.extend(self.pair(text, &symbols, before, left));
            }
        }
        symbols
    }

    /// The pair of two neighbours, if they are a token together.
    fn pair(&self, text: &str, symbols: &[Symbol], left: usize, right: usize) -> Option<Pair> {
        let start = symbols[left].start;
        let length = symbols[left].length + symbols[right].length;
        if length > self.longest {
            return None;
        }
        let id = *self.ids.get(&text[start..start + length])?;
        Some(Pair { score: Score(self.scores[id as usize]), left: Reverse(left), right, length })
    }
}
