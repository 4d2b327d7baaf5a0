//! A generated text while it grows: what of it may be shown, which sentences are complete, when it must end.

use crate::{
    loops::{Cycles, Said},
    sentences::{boundary, marker, trim},
};
use std::ops::Range;

/// What a step brought.
#[derive(Debug, Default, PartialEq)]
pub struct Step {
    /// Text to append to what was shown.
    pub text: String,
    /// Sentences completed, as byte ranges of the shown text (that of earlier steps included).
    pub sentences: Vec<Range<usize>>,
    /// The text must end here.
    pub stop: Option<Stop>,
}

/// Why a text must end before the model ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It has all the sentences that were asked for.
    Enough,
    /// It repeats itself.
    Repetition,
}

/// A growing text. Holds back white space at the end, and whatever begins like a sentence that was there before.
#[derive(Debug)]
pub struct Draft {
    /// All text that is kept.
    text: String,
    /// Bytes of `text` that were handed out.
    shown: usize,
    /// Where the sentence that is being written begins.
    open: usize,
    /// Where the word that is being written begins.
    word: usize,
    /// Where each word before it begins.
    starts: Vec<usize>,
    /// Sentences so far and at most.
    count: usize,
    limit: usize,
    said: Said,
    cycles: Cycles,
    stopped: bool,
    broken: bool,
}

impl Draft {
    /// An empty list that ends after `limit` points.
    pub fn list(limit: usize) -> Self {
        Self { said: Said::of_list(), ..Self::new(limit) }
    }

    /// An empty text that ends after `limit` sentences.
    pub fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            shown: 0,
            open: 0,
            word: 0,
            starts: Vec::new(),
            count: 0,
            limit,
            said: Said::of_prose(),
            cycles: Cycles::default(),
            stopped: false,
            broken: false,
        }
    }

    /// Everything shown so far.
    pub fn shown(&self) -> &str {
        &self.text[..self.shown]
    }

    /// Whether the last sentence breaks off where it began to repeat itself.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Takes more text. After a stop nothing more is taken.
    pub fn push(&mut self, more: &str) -> Step {
        let mut step = Step::default();
        if self.stopped {
            return step;
        }
        self.text.push_str(more);
        if self.shown == 0 {
            let blank = self.text.len() - self.text.trim_start().len();
            self.text.drain(..blank);
        }
        // What repeats goes, but for what is shown already.
        let cycle = self.cycle().map(|start| start.max(self.shown));
        if let Some(start) = cycle {
            self.text.truncate(start);
        }
        while let Some(next) = boundary(&self.text, self.open) {
            if self.close(next, &mut step) {
                return step;
            }
        }
        if let Some(start) = cycle {
            let kept = trim_end(&self.text, start).max(self.shown);
            self.show(kept, &mut step);
            self.end(kept, Stop::Repetition, &mut step);
            return step;
        }
        let unfinished = &self.text[self.open..];
        let safe = if self.said.echoes(unfinished) || self.cycles.suspected() > 0 {
            self.open
        } else {
            self.text.len()
        };
        self.show(trim_end(&self.text, safe), &mut step);
        step
    }

    /// The model has ended: shows and closes the rest.
    pub fn finish(&mut self) -> Step {
        let mut step = Step::default();
        if !self.stopped {
            let end = trim_end(&self.text, self.text.len());
            self.text.truncate(end.max(self.shown));
            if self.open < end && !self.close(end, &mut step) {
                self.show(end, &mut step);
            }
            // The model's own end says more than that the limit was met with it.
            step.stop = step.stop.filter(|&stop| stop == Stop::Repetition);
            self.stopped = true;
        }
        step
    }

    /// Ends the open sentence at `next`; whether the text ends with it.
    fn close(&mut self, next: usize, step: &mut Step) -> bool {
        let body = trim(&self.text, self.open..next);
        let body = body.start + marker(&self.text[body.clone()])..body.end;
        if !body.is_empty() {
            if self.said.again(&self.text[body.clone()]) {
                self.end(self.open.max(self.shown), Stop::Repetition, step);
                return true;
            }
            self.show(body.end, step);
            step.sentences.push(body.clone());
            self.count += 1;
            if self.count >= self.limit {
                self.end(body.end, Stop::Enough, step);
                return true;
            }
        }
        self.open = next;
        false
    }

    /// Cuts the text at `end`, white space before it included, and takes no more.
    fn end(&mut self, end: usize, stop: Stop, step: &mut Step) {
        self.text.truncate(trim_end(&self.text, end).max(self.shown));
        if stop == Stop::Repetition {
            let rest = trim(&self.text, self.open.min(self.text.len())..self.text.len());
            if !rest.is_empty() {
                self.broken = true;
                step.sentences.push(rest);
            }
        }
        self.stopped = true;
        step.stop = Some(stop);
    }

    fn show(&mut self, end: usize, step: &mut Step) {
        if end > self.shown {
            step.text.push_str(&self.text[self.shown..end]);
            self.shown = end;
        }
    }

    /// Hands complete words on to the cycle detector. In a cycle: where its first repetition begins.
    fn cycle(&mut self) -> Option<usize> {
        while let Some(end) = word_end(&self.text, self.word) {
            let word = self.text[self.word..end].trim().to_lowercase();
            if !word.is_empty() {
                self.starts.push(self.word);
                if let Some(length) = self.cycles.push(&word) {
                    return self.starts.len().checked_sub(length).map(|first| self.starts[first]);
                }
            }
            self.word = end;
        }
        None
    }
}

/// Where the word that begins at `from` ends, once that is sure: at white space, or after one character of a script
/// without spaces or a mark.
fn word_end(text: &str, from: usize) -> Option<usize> {
    let mut seen = false;
    for (at, character) in text[from..].char_indices() {
        let single =
            !character.is_whitespace() && (character as u32 >= 0x2E80 || !character.is_alphanumeric());
        if seen && (single || character.is_whitespace()) {
            return Some(from + at);
        }
        if single {
            return Some(from + at + character.len_utf8());
        }
        seen |= !character.is_whitespace();
    }
    None
}

fn trim_end(text: &str, end: usize) -> usize {
    text[..end].trim_end().len()
}
