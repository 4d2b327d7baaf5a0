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
    least: usize,
}

impl Said {
    /// Of prose: "Yes." may come again.
    pub fn of_prose() -> Self {
        Self { least: SENTENCE_WORDS, ..Self::default() }
    }

    /// Of a list: no point comes again, however short.
    pub fn of_list() -> Self {
        Self { least: 1, ..Self::default() }
    }

    /// Whether `sentence` says, word for word or nearly, what one before it said. Remembers it if not.
    pub fn again(&mut self, sentence: &str) -> bool {
        let keys: Vec<String> = words(sentence).map(|w| w.key).collect();
        let set: HashSet<String> = keys.iter().cloned().collect();
        let again = keys.len() >= self.least
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
        let growing = usize::from(sentence.ends_with(char::is_alphanumeric));
        let (whole, _) = keys.split_at(keys.len().saturating_sub(growing));
        keys.is_empty()
            || self
                .sentences
                .iter()
                .any(|(earlier, _)| earlier.len() >= self.least && earlier.starts_with(whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycles_at(text: &str) -> Option<usize> {
        let mut cycles = Cycles::default();
        text.split(' ').position(|word| cycles.push(word).is_some())
    }

    #[test]
    fn the_third_round_of_a_cycle_is_noticed() {
        assert_eq!(cycles_at("so a b c d a b c d a b c d a"), Some(12));
        assert_eq!(cycles_at("no no no no no no no no"), Some(6));
    }

    #[test]
    fn emphasis_and_lists_are_no_cycles() {
        assert_eq!(cycles_at("very very very good , and the boat and the sea and the sky"), None);
        assert_eq!(cycles_at("row row row your boat gently down the stream"), None);
    }

    #[test]
    fn a_sentence_said_again_is_noticed() {
        let mut said = Said::of_prose();
        assert!(!said.again("The islanders have waited for a second boat."));
        assert!(!said.again("It sails on 3 May."));
        assert!(said.echoes("The islanders have wai"));
        assert!(!said.echoes("The islanders were "));
        assert!(said.again("the islanders have been waiting for a second boat"));
        assert!(!said.again("Yes."));
        assert!(!said.again("Yes."), "short sentences may come again");
        let mut listed = Said::of_list();
        assert!(!listed.again("Indoor pool"));
        assert!(listed.echoes("Indoor"));
        assert!(listed.again("Indoor pool"), "but no points");
    }
}
