//! A text that is too long for the model, cut where its structure allows.
//!
//! The least pieces are sentences, with the white space and list markers around them, so that pieces laid end to end
//! give the text again. A cut before a heading is better than one between paragraphs, that is better than one between
//! lines, and that than one between sentences.

use crate::sentences::{boundary, marker, trim};
use std::ops::Range;

/// Bytes a token stands for at most on the average of a real text; a longer text is not even counted.
const BYTES_PER_TOKEN: usize = 12;
/// Longest line that may be a heading, in characters.
const LONGEST_HEADING: usize = 90;
/// Passages that a question chooses from are about this long, in bytes.
const PASSAGE: usize = 800;
/// A shorter paragraph than this is not left alone, in bytes.
const SHORT: usize = PASSAGE / 8;

/// What stands before a piece of text. Better places for a cut are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cut {
    Sentence,
    Line,
    Paragraph,
    Heading,
}

impl Cut {
    /// How far from the wanted size a part may end for the sake of this place, as a share of that size.
    fn worth(self) -> f32 {
        match self {
            Self::Sentence => 0.0,
            Self::Line => 0.1,
            Self::Paragraph => 0.2,
            Self::Heading => 0.35,
        }
    }
}

/// A sentence with all that stands around it.
struct Piece {
    range: Range<usize>,
    before: Cut,
}

/// A passage that a question may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Where it stands in the text, white space at its ends aside.
    pub range: Range<usize>,
    /// The heading that it stands under, where that is not in it.
    pub heading: Option<Range<usize>>,
}

/// Whether all of `text` takes at most `budget` tokens. O(bytes that fit).
pub fn fits(text: &str, budget: u32, count: &dyn Fn(&str) -> u32) -> bool {
    let body = text.trim();
    body.len() / BYTES_PER_TOKEN <= budget as usize && count(body) <= budget
}

/// Consecutive parts of `text` with at most `budget` tokens each, about equal in size; every byte of the text is in
/// exactly one of them. None if `budget` holds not even one character. `count` counts tokens. O(bytes).
pub fn chunks(text: &str, budget: u32, count: &dyn Fn(&str) -> u32) -> Option<Vec<Range<usize>>> {
    // One more for each, because tokens may join otherwise within a whole than in its pieces.
    let cost = |range: Range<usize>| count(text[range].trim()) + 1;
    let mut costed: Vec<(Piece, u32)> = Vec::new();
    for piece in pieces(text) {
        let before = piece.before;
        for (place, range) in halves(text, piece.range, budget, &cost)?.into_iter().enumerate() {
            let spent = cost(range.clone());
            costed.push((Piece { range, before: if place == 0 { before } else { Cut::Sentence } }, spent));
        }
    }
    let mut left: u64 = costed.iter().map(|(_, spent)| u64::from(*spent)).sum();
    let mut parts = Vec::new();
    let mut first = 0;
    while first < costed.len() {
        let wanted = left as f32 / left.div_ceil(budget.into()).max(1) as f32;
        let (next, spent) = best_end(&costed, first, budget, wanted);
        parts.push(costed[first].0.range.start..costed[next - 1].0.range.end);
        left -= spent;
        first = next;
    }
    Some(parts)
}

/// Where the part that begins with `pieces[first]` ends best, and what it costs: near the size that is `wanted`, at a
/// good place for a cut.
fn best_end(pieces: &[(Piece, u32)], first: usize, budget: u32, wanted: f32) -> (usize, u64) {
    let mut spent: u64 = 0;
    let mut best = (f32::NEG_INFINITY, first + 1, u64::from(pieces[first].1));
    for next in first + 1..=pieces.len() {
        spent += u64::from(pieces[next - 1].1);
        if spent > budget.into() {
            break;
        }
        let worth = pieces.get(next).map_or(Cut::Heading, |(piece, _)| piece.before).worth();
        let rank = worth - (spent as f32 - wanted).abs() / wanted;
        if rank >= best.0 {
            best = (rank, next, spent);
        }
    }
    (best.1, best.2)
}

/// `range`, cut in two until each part costs at most `budget`; none if a single character costs more.
fn halves(
    text: &str,
    range: Range<usize>,
    budget: u32,
    cost: &dyn Fn(Range<usize>) -> u32,
) -> Option<Vec<Range<usize>>> {
    let mut done = Vec::new();
    let mut open = vec![range];
    while let Some(range) = open.pop() {
        if cost(range.clone()) <= budget {
            done.push(range);
            continue;
        }
        let middle = text.floor_char_boundary(range.start + range.len() / 2);
        let space = text[range.start..middle].rfind(char::is_whitespace).map(|at| range.start + at);
        let cut = space.filter(|&at| at > range.start + range.len() / 4).unwrap_or(middle);
        if cut <= range.start || cut >= range.end {
            return None;
        }
        open.push(cut..range.end);
        open.push(range.start..cut);
    }
    Some(done)
}

/// The passages of `text`, in order: paragraphs, short ones joined with what follows, long ones cut after sentences. None
/// crosses a heading. O(bytes).
pub fn passages(text: &str) -> Vec<Passage> {
    let mut found: Vec<Passage> = Vec::new();
    let mut heading: Option<Range<usize>> = None;
    // Whether the last passage is nothing but headings so far.
    let mut bare = false;
    for piece in pieces(text) {
        let range = trim(text, piece.range);
        if range.is_empty() {
            continue;
        }
        let begins_section = piece.before == Cut::Heading;
        match found.last_mut() {
            Some(last)
                if !begins_section
                    && (bare
                        || range.end - last.range.start <= PASSAGE
                            && (piece.before == Cut::Sentence || last.range.len() < SHORT)) =>
            {
                last.range.end = range.end;
                bare = false;
            }
            _ => {
                let own = if begins_section { None } else { heading.clone() };
                found.push(Passage { range: range.clone(), heading: own });
                bare = begins_section;
            }
        }
        if begins_section {
            heading = Some(range);
        }
    }
    found
}

/// Sentences of `text` with all that stands around them, laid end to end.
fn pieces(text: &str) -> Vec<Piece> {
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(next) = boundary(text, at) {
        ranges.push(at..next);
        at = next;
    }
    if at < text.len() {
        ranges.push(at..text.len());
    }
    let mut pieces: Vec<Piece> = Vec::with_capacity(ranges.len());
    let mut after_heading = false;
    for (place, range) in ranges.iter().enumerate() {
        let gap = match place.checked_sub(1).map(|before| &text[ranges[before].clone()]) {
            Some(before) => &before[before.trim_end().len()..],
            None => "\n\n",
        };
        let before = match gap.matches('\n').count() {
            0 => Cut::Sentence,
            1 => Cut::Line,
            _ => Cut::Paragraph,
        };
        let follows = ranges.get(place + 1).map_or("", |next| &text[next.clone()]);
        let heads = before >= Cut::Line && !after_heading && is_heading(&text[range.clone()], follows);
        pieces.push(Piece { range: range.clone(), before: if heads { Cut::Heading } else { before } });
        after_heading = heads;
    }
    pieces
}

/// Whether `line` looks like a heading of what follows: short, alone on its line, without the end of a sentence, and
/// shorter than what follows.
fn is_heading(line: &str, follows: &str) -> bool {
    let body = line.trim();
    line[line.trim_end().len()..].contains('\n')
        && !body.contains('\n')
        && marker(body) == 0
        && body.chars().any(char::is_alphanumeric)
        && !body.ends_with(['.', '!', ',', ';', ':', '。', '！', '、', '，', '；', '：'])
        && !body.starts_with(char::is_lowercase)
        && body.chars().take(LONGEST_HEADING + 1).count() <= LONGEST_HEADING
        && body.len() < follows.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A token is four bytes.
    fn count(text: &str) -> u32 {
        text.len().div_ceil(4) as u32
    }

    fn cut(text: &str, budget: u32) -> Vec<&str> {
        let parts = chunks(text, budget, &count).expect("fits");
        assert_eq!(
            parts.iter().map(|r| &text[r.clone()]).collect::<String>(),
            text,
            "nothing lost, nothing twice"
        );
        for part in &parts {
            assert!(count(&text[part.clone()]) <= budget, "{part:?} of {budget}");
        }
        parts.into_iter().map(|r| text[r].trim()).collect()
    }

    /// `count` sentences of 40 bytes.
    fn sentences(count: usize) -> String {
        (0..count).map(|i| format!("Sentence {i:04} speaks about one thing, yes. ")).collect()
    }

    #[test]
    fn sections_stay_together() {
        let section =
            |title: &str| format!("{title}\n\n{}\n\n{}\n\n", sentences(10).trim(), sentences(9).trim());
        let text = ["The first part", "The second part", "The third part"].map(section).concat();
        let parts = cut(&text, 300);
        assert_eq!(parts.len(), 3, "{parts:?}");
        assert!(
            parts[1].starts_with("The second part") && parts[2].starts_with("The third part"),
            "{parts:?}"
        );
    }

    #[test]
    fn parts_are_about_equal() {
        let text = sentences(101);
        let parts = cut(&text, 560);
        assert_eq!(parts.len(), 3);
        let sizes: Vec<usize> = parts.iter().map(|p| p.len()).collect();
        assert!(sizes.iter().max() < sizes.iter().min().map(|s| s * 5 / 4).as_ref(), "{sizes:?}");
    }

    #[test]
    fn one_giant_paragraph_is_cut_after_sentences() {
        let text = sentences(500);
        for part in cut(&text, 200) {
            assert!(part.starts_with("Sentence") && part.ends_with("yes."), "{part}");
        }
    }

    #[test]
    fn text_without_spaces_or_stops_is_cut_between_characters() {
        cut(&"漢字かな交じり文".repeat(500), 100);
        cut(&"x".repeat(20_000), 64);
        cut(&"船は静かだ。音がない！".repeat(300), 50);
        cut("👩‍👩‍👧", 4);
        assert_eq!(chunks("👩‍👩‍👧", 1, &count), None);
    }

    #[test]
    fn markers_stay_with_their_items() {
        let list: String = (0..60).map(|i| format!("- Item {i} is a thing of this list\n")).collect();
        for part in cut(&list, 80) {
            assert!(part.starts_with("- "), "{part}");
        }
    }

    #[test]
    fn nothing_and_blanks_are_no_trap() {
        assert_eq!(chunks("", 10, &count), Some(vec![]));
        assert_eq!(cut(" \n\n ", 10), [""]);
    }

    #[test]
    fn passages_know_their_headings() {
        let text =
            format!("Tides\n\n{}\n\nWinds\n\nShort one.\n\n{}", sentences(45).trim(), sentences(2).trim());
        let found = passages(&text);
        assert!(text[found[0].range.clone()].starts_with("Tides\n\nSentence 0000"));
        assert_eq!(found[0].heading, None);
        assert_eq!(found[1].heading.clone().map(|r| &text[r]), Some("Tides"));
        let last = &found[found.len() - 1];
        assert!(text[last.range.clone()].starts_with("Winds\n\nShort one.\n\nSentence 0000"), "{found:?}");
        for passage in &found {
            assert!(passage.range.len() <= PASSAGE + 40);
        }
    }
}
