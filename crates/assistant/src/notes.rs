//! What was noted of the parts of a long text, and which notes make a summary.

use crate::{
    grounding::terms::{Term, terms},
    sentences::sentences,
    units::Units,
    words::words,
};
use protocol::Passage;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::Range,
};

/// What a second note of the same part gains beside the first one.
const SAME_PART: f32 = 0.5;

/// Most sentences that are added to the notes of a part.
const MOST_FILLED: usize = 3;

/// A sentence about one part of the text, which a passage of that part supports.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The sentence.
    pub text: String,
    /// The passage, as offsets into the whole text.
    pub passage: Passage,
    /// Number of the part.
    pub part: usize,
    /// It is the text's own sentence, and not the model's.
    pub copied: bool,
}

impl Note {
    /// The words of `text` at `range`, as a note of themselves.
    pub fn copied(text: &str, range: Range<usize>) -> Self {
        let units = Units::new(text);
        let passage = Passage { start: units.at(range.start), end: units.at(range.end), score: 1.0 };
        Self { text: one_line(&text[range]), passage, part: 0, copied: true }
    }

    /// The note of part number `part`, which begins `by` units after the beginning of the whole text.
    pub fn moved(mut self, part: usize, by: u32) -> Self {
        self.part = part;
        self.passage.start += by;
        self.passage.end += by;
        self
    }
}

/// Adds telling sentences of `text` to its notes, as long as no note rests on anything within one half of it or more, so that
/// no great part of a text goes unnoticed. O(bytes).
pub fn fill(text: &str, notes: &mut Vec<Note>) {
    let units = Units::new(text);
    for _ in 0..MOST_FILLED {
        let gap = widest_gap(text, &units, notes);
        if gap.len() * 2 < text.trim().len() {
            break;
        }
        let Some(note) = telling(&text[gap.clone()]) else { break };
        notes.push(note.moved(0, units.at(gap.start)));
    }
}

/// The longest stretch of sentences on which no note rests, in bytes.
fn widest_gap(text: &str, units: &Units<'_>, notes: &[Note]) -> Range<usize> {
    let mut widest = 0..0;
    let mut open: Option<Range<usize>> = None;
    for sentence in sentences(text) {
        let (start, end) = (units.at(sentence.start), units.at(sentence.end));
        if notes.iter().any(|note| note.passage.start < end && start < note.passage.end) {
            open = None;
            continue;
        }
        let stretch = open.map_or(sentence.start, |open| open.start)..sentence.end;
        if stretch.len() > widest.len() {
            widest = stretch.clone();
        }
        open = Some(stretch);
    }
    widest
}

/// Whether two notes rest on the same words.
fn overlap(a: &Note, b: &Note) -> bool {
    a.passage.start < b.passage.end && b.passage.start < a.passage.end
}

/// The sentence of `text` that says most of what `text` speaks of, as a note of itself; none if there is no sentence of
/// words.
///
/// That is the greatest `sum of ln(f) over its different words t / √words`, f how often t is in the text; f = 1 says
/// nothing, so a text without a repeated word gives its first sentence of several words. O(bytes).
pub fn telling(text: &str) -> Option<Note> {
    let mut counts: HashMap<String, f32> = HashMap::new();
    for Term { key, .. } in terms(text) {
        *counts.entry(key).or_default() += 1.0;
    }
    let mut best: Option<(f32, Range<usize>)> = None;
    for range in sentences(text) {
        let keys: BTreeSet<String> = terms(&text[range.clone()]).into_iter().map(|term| term.key).collect();
        let sum: f32 = keys.iter().map(|key| counts.get(key).map_or(0.0, |f| f.ln())).sum();
        // Of headings and scraps there is little to learn.
        let whole = keys.len() >= 4 && ends(&text[range.clone()]);
        let rank = if whole { 1.0 } else { 0.25 } * (sum + 0.01) / (keys.len().max(1) as f32).sqrt();
        if !keys.is_empty() && best.as_ref().is_none_or(|(most, _)| rank > *most) {
            best = Some((rank, range));
        }
    }
    Some(Note::copied(text, best?.1))
}

/// Whether a sentence ends with a mark, be it in quotes or brackets, as headings do not.
fn ends(sentence: &str) -> bool {
    sentence
        .trim_end_matches(['"', '\'', '”', '’', '»', ')', '」', '』', '）'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', '．'])
}

/// `text` without line breaks, as an item of a list must be.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The notes, at most `most`, that together say most of what all notes say, in the text's order.
///
/// One is taken after the other, each time the one with the greatest
/// `score × sum of ln(1 + parts that speak of t) over its words t that no note taken has / √words`, halved where its part
/// has one already, and none that rests on the same words as one taken: a thing that many parts speak of is what the text is about. The greedy choice covers at least
/// `1 - 1/e` of the best one's words (Nemhauser, Wolsey and Fisher, 1978), with notes scaled by their length as in Lin and
/// Bilmes, Multi-document Summarization via Budgeted Maximization of Submodular Functions, 2010. O(notes × most).
pub fn pick(notes: &[Note], most: usize) -> Vec<Note> {
    let keys: Vec<HashSet<String>> =
        notes.iter().map(|note| words(&note.text).filter(|w| !w.stop).map(|w| w.key).collect()).collect();
    let mut parts: HashMap<&str, HashSet<usize>> = HashMap::new();
    for (note, keys) in notes.iter().zip(&keys) {
        for key in keys {
            parts.entry(key).or_default().insert(note.part);
        }
    }
    let weight = |key: &str| (1.0 + parts.get(key).map_or(0, HashSet::len) as f32).ln();
    let mut covered: HashSet<&str> = HashSet::new();
    let mut used: HashSet<usize> = HashSet::new();
    let mut taken = Vec::new();
    while taken.len() < most.min(notes.len()) {
        let rank = |place: usize| {
            let mut new: Vec<&str> =
                keys[place].iter().map(String::as_str).filter(|&key| !covered.contains(key)).collect();
            // Summed in order, so that equal inputs give equal bits.
            new.sort_unstable();
            let gain: f32 = new.into_iter().map(weight).sum();
            let again = if used.contains(&notes[place].part) { SAME_PART } else { 1.0 };
            notes[place].passage.score * again * gain / (keys[place].len().max(1) as f32).sqrt()
        };
        let open = (0..notes.len())
            .filter(|&place| !taken.iter().any(|&t| overlap(&notes[t], &notes[place])))
            .map(|place| (rank(place), place));
        let Some((gain, best)) = open.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))) else { break };
        // What says nothing new is no point of a summary.
        if gain <= 0.0 {
            break;
        }
        covered.extend(keys[best].iter().map(String::as_str));
        used.insert(notes[best].part);
        taken.push(best);
    }
    taken.sort_by_key(|&place| (notes[place].part, notes[place].passage.start, place));
    taken.into_iter().map(|place| notes[place].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str, part: usize, start: u32) -> Note {
        let passage = Passage { start, end: start + 10, score: 1.0 };
        Note { text: text.into(), passage, part, copied: false }
    }

    fn texts(notes: &[Note]) -> Vec<&str> {
        notes.iter().map(|note| note.text.as_str()).collect()
    }

    #[test]
    fn what_many_parts_speak_of_comes_first() {
        let notes = [
            note("Gulls nest quietly", 0, 0),
            note("Ferries cross daily", 1, 100),
            note("Ferries burn diesel", 2, 200),
        ];
        assert_eq!(texts(&pick(&notes, 1)), ["Ferries cross daily"]);
    }

    #[test]
    fn another_part_goes_before_the_same_part() {
        let notes = [
            note("Gulls nest quietly", 0, 0),
            note("Crabs walk sideways", 0, 50),
            note("Seals sleep", 1, 100),
        ];
        assert_eq!(texts(&pick(&notes, 2)), ["Gulls nest quietly", "Seals sleep"]);
    }

    #[test]
    fn nothing_is_said_twice() {
        let notes = [
            note("Ferries cross daily", 0, 0),
            note("Every day ferries sail", 0, 5),
            note("Ferries cross daily", 1, 100),
        ];
        assert_eq!(texts(&pick(&notes, 3)), ["Ferries cross daily"], "the same passage, or the same words");
    }

    #[test]
    fn the_telling_sentence_says_what_comes_up_most() {
        let text =
            "Hello there my good friends. The ferry burns diesel. Diesel for the ferry costs money. Bye.";
        let note = telling(text).expect("a sentence");
        assert!(note.text.contains("ferry") && note.text.to_lowercase().contains("diesel"), "{note:?}");
        let passage = note.passage.start as usize..note.passage.end as usize;
        assert_eq!(&text[passage], note.text);
        assert_eq!(telling("… — !"), None);
    }

    #[test]
    fn gaps_of_half_a_part_are_filled() {
        let text = "One ferry sails. Two gulls cry. Three crabs walk. Four seals sleep. Five cod swim.";
        let mut notes = vec![note("One ferry sails.", 0, 0)];
        notes[0].passage.end = 16;
        fill(text, &mut notes);
        assert!(notes.len() > 1 && notes[1].passage.start >= 16, "{notes:?}");
        let mut whole = vec![note("All of it.", 0, 0)];
        whole[0].passage.end = text.len() as u32;
        fill(text, &mut whole);
        assert_eq!(whole.len(), 1);
    }
}
