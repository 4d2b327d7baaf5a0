//! Which line of code a sentence is about.

use crate::{units::Units, words::key};
use protocol::Passage;
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// What a line and a sentence must share: a word that stands in two lines at most, or as much of commoner ones.
const LEAST: f32 = 0.5;
/// Words of sentences about code that say nothing of the place.
const COMMON: &[&str] = &[
    "code",
    "line",
    "lines",
    "function",
    "method",
    "class",
    "variable",
    "value",
    "program",
    "script",
    "above",
    "following",
    "uses",
    "used",
    "using",
    "takes",
    "given",
    "called",
    "calls",
    "defines",
    "defined",
    "the",
    "and",
    "this",
    "that",
    "with",
    "for",
    "from",
    "into",
    "each",
    "then",
    "which",
    "are",
    "not",
    "has",
    "its",
    "it",
    "is",
    "in",
    "of",
    "to",
    "a",
    "an",
    "be",
];

/// The lines of some code, for finding the one that a sentence is about.
#[derive(Debug)]
pub struct Lines<'a> {
    code: &'a str,
    units: Units<'a>,
    lines: Vec<(Range<usize>, HashSet<String>)>,
    /// In how many lines a word stands.
    counts: HashMap<String, u32>,
}

impl<'a> Lines<'a> {
    /// Reads `code`. O(bytes).
    pub fn new(code: &'a str) -> Self {
        let mut lines = Vec::new();
        let mut counts: HashMap<String, u32> = HashMap::new();
        let mut at = 0;
        for line in code.split_inclusive('\n') {
            let start = at + (line.len() - line.trim_start().len());
            let end = at + line.trim_end().len();
            at += line.len();
            if start >= end {
                continue;
            }
            let names = names(&code[start..end]);
            for name in &names {
                *counts.entry(name.clone()).or_default() += 1;
            }
            lines.push((start..end, names));
        }
        Self { code, units: Units::new(code), lines, counts }
    }

    /// The line that says most of what `sentence` says, the first of equals; none where no line says anything of it.
    /// O(lines × words).
    pub fn support(&self, sentence: &str) -> Option<Passage> {
        let common: HashSet<String> = COMMON.iter().map(|word| key(word)).collect();
        let said: Vec<String> = names(sentence).into_iter().filter(|name| !common.contains(name)).collect();
        // Words that stand in no line weigh as much as one that stands in two: they are about something else.
        let weight = |name: &String| 1.0 / self.counts.get(name).copied().unwrap_or(2) as f32;
        let all: f32 = said.iter().map(weight).sum();
        let mut best: Option<(f32, &Range<usize>)> = None;
        for (range, names) in &self.lines {
            let mut shared: Vec<f32> = said.iter().filter(|name| names.contains(*name)).map(weight).collect();
            // In one order, so that equal inputs give equal bits.
            shared.sort_by(f32::total_cmp);
            let shared = shared.iter().sum();
            if shared >= LEAST && best.is_none_or(|(most, _)| shared > most) {
                best = Some((shared, range));
            }
        }
        let (shared, range) = best?;
        debug_assert!(self.code.is_char_boundary(range.start));
        let score = (shared / all.max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
        Some(Passage { start: self.units.at(range.start), end: self.units.at(range.end), score })
    }
}

/// Names and words in a text, and the words that names are made of (`readFile`, `read_file`), in their form for comparison.
fn names(text: &str) -> HashSet<String> {
    let mut names = HashSet::new();
    for name in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
        if name.is_empty() {
            continue;
        }
        names.insert(key(name));
        let mut word = String::new();
        let mut was_small = false;
        for character in name.chars() {
            if character == '_' || character.is_uppercase() && was_small {
                if word.chars().count() > 1 {
                    names.insert(key(&word));
                }
                word.clear();
            }
            if character != '_' {
                word.push(character);
            }
            was_small = character.is_lowercase() || character.is_numeric();
        }
        if word.chars().count() > 1 {
            names.insert(key(&word));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "// 😀\nfunction readLines(path) {\n  const text = fs.readFileSync(path, 'utf8');\n  return text.split('\\n');\n}\n";

    fn line(sentence: &str) -> Option<&'static str> {
        let passage = Lines::new(CODE).support(sentence)?;
        let units: Vec<u16> = CODE.encode_utf16().collect();
        let found = String::from_utf16(&units[passage.start as usize..passage.end as usize])
            .expect("whole characters");
        CODE.lines().map(str::trim).find(|line| *line == found)
    }

    #[test]
    fn sentences_are_about_lines() {
        assert_eq!(line("It defines a function called `readLines`."), Some("function readLines(path) {"));
        assert_eq!(
            line("The file is read in UTF8 by readFileSync."),
            Some("const text = fs.readFileSync(path, 'utf8');")
        );
        assert_eq!(line("It returns an array after splitting."), Some("return text.split('\\n');"));
        assert_eq!(line("The weather is nice."), None);
        assert_eq!(line(""), None);
    }
}
