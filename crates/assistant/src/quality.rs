//! How good summaries are, counted from their events: for `sotto quality` and the test of what was recorded.

use crate::{language, sentences::sentences, words::words};
use protocol::{Event, Instead, Length, SummarizeRequest, SummaryType};
use std::{collections::HashSet, fmt};

/// Longest sequence of words that is looked for three times in a row.
const LONGEST_ROUND: usize = 32;

/// What can be said of one summary without reading it. Counts are of what stands in the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The text.
    pub text: String,
    /// It is the model's, and was not withdrawn for key passages.
    pub own_words: bool,
    /// Sentences, or lines of a list.
    pub sentences: usize,
    /// Of these, the ones with a passage.
    pub supported: usize,
    /// Of these, the ones with a flag.
    pub flagged: usize,
    /// It says something three times in a row, or a sentence twice.
    pub loops: bool,
    /// It is in the source's language, by the best guess.
    pub language_matches: bool,
    /// It is no longer than was asked for, and no shorter than half of that; a headline, no longer.
    pub length_fits: bool,
}

impl Summary {
    /// Counts what came of `request`.
    pub fn of(request: &SummarizeRequest, events: &[Event]) -> Self {
        let mut summary = Self { own_words: true, ..Self::default() };
        for event in events {
            match event {
                Event::Text { text } => summary.text += text,
                Event::Sentence(sentence) => {
                    summary.sentences += 1;
                    summary.supported += usize::from(sentence.passage.is_some());
                    summary.flagged += usize::from(!sentence.flags.is_empty());
                }
                Event::Withdrawn { instead, .. } => {
                    summary = Self { own_words: *instead == Instead::Another, ..Self::default() };
                }
                _ => {}
            }
        }
        summary.loops = repeats(&summary.text);
        summary.language_matches = language::seems(&summary.text, &request.source.text);
        summary.length_fits = fits(request, &summary);
        summary
    }
}

/// How many sentences, or for a headline words, are asked for: the web's Summarizer API's figures.
fn asked(summary_type: SummaryType, length: Length) -> usize {
    let place = match length {
        Length::Short => 0,
        Length::Medium => 1,
        Length::Long => 2,
    };
    match summary_type {
        SummaryType::KeyPoints => [3, 5, 7][place],
        SummaryType::Tldr => [1, 3, 5][place],
        SummaryType::Teaser => [1, 2, 3][place],
        SummaryType::Headline => [12, 17, 22][place],
    }
}

fn fits(request: &SummarizeRequest, summary: &Summary) -> bool {
    let asked = asked(request.summary_type, request.length);
    if request.summary_type == SummaryType::Headline {
        let count = words(&summary.text).count();
        return (1..=asked).contains(&count);
    }
    summary.sentences <= asked && 2 * summary.sentences >= asked
}

/// Whether a sequence of words comes three times in a row, six words in all or more, or a sentence of four words or
/// more twice. By comparing all with all: `loops.rs`, which keeps this from happening, does it otherwise. O(words × [`LONGEST_ROUND`]²).
fn repeats(text: &str) -> bool {
    let keys: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let in_a_row = (1..=LONGEST_ROUND).any(|round| {
        keys.windows(3 * round)
            .any(|w| 3 * round >= 6 && w[..round] == w[round..2 * round] && w[..round] == w[2 * round..])
    });
    let mut seen = HashSet::new();
    let twice = sentences(text).into_iter().any(|range| {
        let sentence: Vec<String> = text[range].split_whitespace().map(str::to_lowercase).collect();
        sentence.len() >= 4 && !seen.insert(sentence)
    });
    in_a_row || twice
}

/// Sums over summaries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums {
    /// Summaries.
    pub summaries: usize,
    /// In the model's own words.
    pub own_words: usize,
    /// Sentences of all.
    pub sentences: usize,
    /// Supported ones.
    pub supported: usize,
    /// Flagged ones.
    pub flagged: usize,
    /// Summaries that loop.
    pub loops: usize,
    /// Summaries in the source's language.
    pub language_matches: usize,
    /// Summaries of the length asked for.
    pub length_fits: usize,
}

impl Sums {
    /// What [`fmt::Display`] prints, in its order.
    pub const HEADER: &str = "own words   supported  flagged  loops  language   length";

    /// Takes one more in.
    pub fn add(&mut self, summary: &Summary) {
        self.summaries += 1;
        self.own_words += usize::from(summary.own_words);
        self.sentences += summary.sentences;
        self.supported += summary.supported;
        self.flagged += summary.flagged;
        self.loops += usize::from(summary.loops);
        self.language_matches += usize::from(summary.language_matches);
        self.length_fits += usize::from(summary.length_fits);
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |part: usize, all: usize| format!("{part}/{all}");
        write!(
            f,
            "{:>9} {:>11} {:>8} {:>6} {:>9} {:>8}",
            of(self.own_words, self.summaries),
            of(self.supported, self.sentences),
            of(self.flagged, self.sentences),
            self.loops,
            of(self.language_matches, self.summaries),
            of(self.length_fits, self.summaries),
        )
    }
}
