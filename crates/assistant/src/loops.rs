//! Notices that a text has begun to repeat itself.

use crate::words::words;
use std::collections::HashSet;

/// Longest cycle looked for, in words.
const LONGEST_CYCLE: usize = 32;
/// Fewest words that a repeated sentence has.
const SENTENCE_WORDS: usize = 4;
/// Share of a sentence's words that an earlier sentence holds when the two say the same.
const SAME: f32 = 0.85;

/// Watches the words of one text for cycles: the same sequence of words three times in a row.
#[derive(Debug, Default)]
pub struct Cycles {
    /// The last words, newest at the end.
    recent: Vec<String>,
    /// `lengths[p]`: for how many words now each word has equalled the one `p + 1` before it.
    lengths: [usize; LONGEST_CYCLE],
}

impl Cycles {
    /// Takes the next word. In a cycle: how many words stand after its first round. O([`LONGEST_CYCLE`]).
    pub fn push(&mut self, word: &str) -> Option<usize> {
        let mut cycling = None;
        for period in 1..=LONGEST_CYCLE {
            let same = self.recent.len().checked_sub(period).is_some_and(|at| self.recent[at] == word);
            let length = if same { self.lengths[period - 1] + 1 } else { 0 };
            self.lengths[period - 1] = length;
            // Two full repetitions after the first; single words ("no, no, no") need more.
            if length >= (2 * period).max(6) {
                cycling = cycling.max(Some(length));
            }
        }
        self.recent.push(word.to_owned());
        if self.recent.len() > 4 * LONGEST_CYCLE {
            self.recent.drain(..2 * LONGEST_CYCLE);
        }
        cycling
    }

    /// For how many words now the text has repeated a sequence of words that came before; 0 unless there were four.
    pub fn suspected(&self) -> usize {
        self.lengths
            .iter()
            .enumerate()
            .filter(|&(p, &n)| n >= (p + 1).max(4))
            .map(|(_, &n)| n)
            .max()
            .unwrap_or(0)
    }
}

/// The sentences of one text so far, to tell when one comes again.
#[derive(Debug, Default)]
pub struct Said {
    sentences: Vec<(Vec<String>, HashSet<String>)>,
}

impl Said {
    /// Whether `sentence` says, word for word or nearly, what one before it said. Remembers it if not.
    pub fn again(&mut self, sentence: &str) -> bool {
        let keys: Vec<String> = words(sentence).map(|w| w.key).collect();
        let set: HashSet<String> = keys.iter().cloned().collect();
        let again = keys.len() >= SENTENCE_WORDS
            && self.sentences.iter().any(|(_, earlier)| {
                let shared = set.intersection(earlier).count() as f32;
                shared >= SAME * set.len() as f32 && shared >= SAME * 0.8 * earlier.len() as f32
            });
        if !again {
            self.sentences.push((keys, set));
        }
        again
    }

    /// Whether the unfinished `sentence` begins, so far, as one before it.
    pub fn echoes(&self, sentence: &str) -> bool {
        let keys: Vec<String> = words(sentence).map(|w| w.key).collect();
        // The last word may still grow: "is" may become "islanders".
        let (whole, _) = keys.split_at(keys.len().saturating_sub(1));
        keys.is_empty()
            || self
                .sentences
                .iter()
                .any(|(earlier, _)| earlier.len() >= SENTENCE_WORDS && earlier.starts_with(whole))
    }
}
