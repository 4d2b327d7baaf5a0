//! The changes of proofread text, each by itself: one correction is the least that can be accepted alone.

use super::reason::{changes_meaning, is_confused, is_misspelt, reason};
use crate::{
    protected::{Span, spans, violations},
    units::Units,
    words::words,
};
use protocol::{Correction, DiffKind, DiffPart, FlagKind, Reason};
use similar::{Algorithm, DiffTag, capture_diff_slices};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Cells of the table that aligns a changed run; beyond them the run is one change.
const TABLE: usize = 4096;
/// Share of a text's words that are English function words, from which on it is taken for English.
const ENGLISH: f32 = 0.2;

/// A change in bytes of both texts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    old: Range<usize>,
    new: Range<usize>,
}

/// The corrections that make `after` of `before`, in order, without overlaps. The same texts give the same corrections.
///
/// Words are compared as wholes. A mark that ends a sentence and the capital that follows it are one correction, and so are
/// neighbouring words of which each has become another: accepted by halves, neither would make sense. One that touches a
/// protected span, or brings a number, an address or a name, is flagged.
pub fn corrections(before: &str, after: &str) -> Vec<Correction> {
    let english = is_english(before);
    let edits = joined(before, after, edits(before, after), english);
    let units = Units::new(before);
    let protected = spans(before);
    // What stands in the rewrite and in no form in the original.
    let brought: Vec<(Range<usize>, FlagKind)> = {
        let news = violations(after, before);
        let after_units = Units::new(after);
        spans(after)
            .into_iter()
            .filter(|span| news.iter().any(|flag| flag.start == after_units.at(span.range.start)))
            .map(|span| (span.range, span.kind))
            .collect()
    };
    edits
        .into_iter()
        .map(|edit| {
            let (old, new) = (&before[edit.old.clone()], &after[edit.new.clone()]);
            let reason = reason(old, new, english);
            // A name whose letters or capitals alone were wrong is no new name.
            let is_same = matches!(reason, Reason::Spelling | Reason::Capitalisation);
            let flag = touched(&protected, &edit.old).or_else(|| {
                let found = brought.iter().find(|(range, _)| overlap(range, &edit.new));
                found.filter(|_| !is_same).map(|(_, kind)| *kind)
            });
            Correction {
                start: units.at(edit.old.start),
                end: units.at(edit.old.end),
                text: new.to_owned(),
                reason,
                flag,
                suggested: flag.is_none() && is_safe(old, new, reason),
            }
        })
        .collect()
}

/// Words of the original that became others, or went, without its being clear why; and words that came so.
pub fn unclear_words(before: &str, corrections: &[Correction]) -> usize {
    let mut bytes = BytesAt::new(before);
    corrections
        .iter()
        .map(|correction| {
            let old = &before[bytes.at(correction.start)..bytes.at(correction.end)];
            let is_clear = match correction.reason {
                Reason::Wording => false,
                Reason::WordChoice => is_confused(old.trim(), correction.text.trim()),
                _ => true,
            };
            if is_clear { 0 } else { words(old).count().max(words(&correction.text).count()) }
        })
        .sum()
}

/// `before` with those changes of `after` alone that are plainly corrections; none where there are none, and where the two say
/// different things.
pub fn clear_part(before: &str, after: &str) -> Option<String> {
    let all = corrections(before, after);
    let count = words(before).count();
    // Among many other words, a word that looks like a correction is a chance.
    if unclear_words(before, &all) * 2 > count {
        return None;
    }
    let clear: Vec<Correction> =
        all.into_iter().filter(|c| c.suggested && c.reason != Reason::Wording).collect();
    let is_text = |part: &&DiffPart| part.kind != DiffKind::Delete;
    (!clear.is_empty())
        .then(|| parts(before, &clear).iter().filter(is_text).map(|part| part.text.as_str()).collect())
}

/// `corrections`, whose offsets count from the beginning of `before`, as parts of a diff.
pub fn parts(before: &str, corrections: &[Correction]) -> Vec<DiffPart> {
    let mut parts: Vec<DiffPart> = Vec::with_capacity(corrections.len() * 3 + 1);
    let mut push = |kind, text: &str| {
        if text.is_empty() {
            return;
        }
        match parts.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(text),
            _ => parts.push(DiffPart { kind, text: text.to_owned() }),
        }
    };
    let mut bytes = BytesAt::new(before);
    let mut at = 0;
    for correction in corrections {
        let (start, end) = (bytes.at(correction.start), bytes.at(correction.end));
        push(DiffKind::Equal, &before[at..start]);
        push(DiffKind::Delete, &before[start..end]);
        push(DiffKind::Insert, &correction.text);
        at = end;
    }
    push(DiffKind::Equal, &before[at..]);
    parts
}

/// Bytes before UTF-16 units that are asked for in order.
struct BytesAt<'a> {
    characters: std::str::Chars<'a>,
    bytes: usize,
    units: u32,
}

impl<'a> BytesAt<'a> {
    fn new(text: &'a str) -> Self {
        Self { characters: text.chars(), bytes: 0, units: 0 }
    }

    fn at(&mut self, units: u32) -> usize {
        while self.units < units
            && let Some(character) = self.characters.next()
        {
            self.units += character.len_utf16() as u32;
            self.bytes += character.len_utf8();
        }
        self.bytes
    }
}

/// Whether a change is made unless the user decides otherwise.
fn is_safe(old: &str, new: &str, reason: Reason) -> bool {
    match reason {
        Reason::Spelling | Reason::Punctuation | Reason::Capitalisation | Reason::Spacing => true,
        Reason::Grammar => !changes_meaning(old, new),
        Reason::WordChoice => is_confused(old.trim(), new.trim()),
        Reason::Wording => false,
    }
}

/// The kind of the first protected span that `range` touches. What stands before or behind one does not touch it.
fn touched(protected: &[Span], range: &Range<usize>) -> Option<FlagKind> {
    protected.iter().find(|span| overlap(&span.range, range)).map(|span| span.kind)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    if b.is_empty() { a.start < b.start && b.start < a.end } else { a.start < b.end && b.start < a.end }
}

fn is_english(text: &str) -> bool {
    let (all, stop) = words(text).fold((0, 0), |(all, stop), word| (all + 1, stop + usize::from(word.stop)));
    text.is_ascii() && all < 6 || stop as f32 >= ENGLISH * all as f32
}

/// The changes between two texts, token by token.
fn edits(before: &str, after: &str) -> Vec<Edit> {
    let (old, new) = (tokens(before), tokens(after));
    let old_words: Vec<&str> = old.iter().map(|range| &before[range.clone()]).collect();
    let new_words: Vec<&str> = new.iter().map(|range| &after[range.clone()]).collect();
    let mut edits = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old_words, &new_words) {
        if op.tag() != DiffTag::Equal {
            align(&old_words, op.old_range(), &new_words, op.new_range(), &mut |a, b| {
                edits.push(Edit { old: bytes(&old, &a, before.len()), new: bytes(&new, &b, after.len()) });
            });
        }
    }
    edits
}

fn tokens(text: &str) -> Vec<Range<usize>> {
    text.split_word_bound_indices().map(|(at, token)| at..at + token.len()).collect()
}

/// The bytes of some tokens, which may be none.
fn bytes(tokens: &[Range<usize>], some: &Range<usize>, end: usize) -> Range<usize> {
    let start = tokens.get(some.start).map_or(end, |range| range.start);
    if some.is_empty() { start..start } else { start..tokens[some.end - 1].end }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Word,
    Mark,
    Space,
}

fn kind(token: &str) -> Kind {
    if token.chars().any(char::is_alphanumeric) {
        Kind::Word
    } else if token.chars().all(char::is_whitespace) {
        Kind::Space
    } else {
        Kind::Mark
    }
}

/// What it costs to change one token into another; leaving one out costs [`GAP`].
fn cost(a: &str, b: &str) -> f32 {
    match (kind(a), kind(b)) {
        _ if a == b => 0.0,
        (Kind::Word, Kind::Word) => {
            let (a, b) = (a.to_lowercase(), b.to_lowercase());
            if a == b || is_misspelt(&a, &b) || is_confused(&a, &b) { 0.2 } else { 1.5 }
        }
        (Kind::Mark, Kind::Mark) => 0.8,
        (Kind::Space, Kind::Space) => 0.1,
        _ => f32::INFINITY,
    }
}

const GAP: f32 = 1.0;

/// Which tokens of a changed run became which (Needleman and Wunsch 1970), told as runs that differ. A word that became another
/// word and a mark beside it are told apart; what was only added or left out goes with its neighbour.
fn align(
    old: &[&str],
    a: Range<usize>,
    new: &[&str],
    b: Range<usize>,
    tell: &mut dyn FnMut(Range<usize>, Range<usize>),
) {
    let (rows, columns) = (a.len(), b.len());
    let bare = |tokens: &[&str]| tokens.concat().split_whitespace().collect::<String>();
    if rows == 0 || columns == 0 || rows * columns > TABLE || bare(&old[a.clone()]) == bare(&new[b.clone()]) {
        tell(a, b);
        return;
    }
    let mut table = vec![vec![0f32; columns + 1]; rows + 1];
    for i in 0..=rows {
        for j in 0..=columns {
            if i == 0 || j == 0 {
                table[i][j] = (i + j) as f32 * GAP;
                continue;
            }
            let change = table[i - 1][j - 1] + cost(old[a.start + i - 1], new[b.start + j - 1]);
            table[i][j] = change.min(table[i - 1][j] + GAP).min(table[i][j - 1] + GAP);
        }
    }
    // Back from the end: pairs, and gaps as pairs with nothing.
    let (mut i, mut j) = (rows, columns);
    let mut steps = Vec::new();
    while i > 0 || j > 0 {
        let paired = i > 0
            && j > 0
            && table[i][j] == table[i - 1][j - 1] + cost(old[a.start + i - 1], new[b.start + j - 1]);
        if paired {
            (i, j) = (i - 1, j - 1);
            steps.push((a.start + i..a.start + i + 1, b.start + j..b.start + j + 1));
        } else if i > 0 && table[i][j] == table[i - 1][j] + GAP {
            i -= 1;
            steps.push((a.start + i..a.start + i + 1, b.start + j..b.start + j));
        } else {
            j -= 1;
            steps.push((a.start + i..a.start + i, b.start + j..b.start + j + 1));
        }
    }
    steps.reverse();
    let mut open: Option<(Range<usize>, Range<usize>, bool)> = None;
    for (x, y) in steps {
        let paired = !x.is_empty() && !y.is_empty();
        if paired && old[x.start] == new[y.start] {
            if let Some((x, y, _)) = open.take() {
                tell(x, y);
            }
            continue;
        }
        let alone = paired && cost(old[x.start], new[y.start]) < GAP;
        open = match open.take() {
            Some((p, q, was_alone)) if !was_alone && !alone => Some((p.start..x.end, q.start..y.end, false)),
            Some((p, q, _)) => {
                tell(p, q);
                Some((x, y, alone))
            }
            None => Some((x, y, alone)),
        };
    }
    if let Some((x, y, _)) = open {
        tell(x, y);
    }
}

/// Joins what cannot be accepted by halves.
fn joined(before: &str, after: &str, edits: Vec<Edit>, english: bool) -> Vec<Edit> {
    let mut joined: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        let depends = joined.last().is_some_and(|last| {
            let between = &before[last.old.end..edit.old.start];
            let (was, is) = (&before[last.old.clone()], &after[last.new.clone()]);
            let (old, new) = (&before[edit.old.clone()], &after[edit.new.clone()]);
            between.chars().all(char::is_whitespace)
                && !between.contains('\n')
                && (ends_sentence(was) != ends_sentence(is)
                    && reason(old, new, english) == Reason::Capitalisation
                    || is_unclear(was, is, english) && changes_words(old, new, english)
                    || changes_words(was, is, english) && is_unclear(old, new, english))
        });
        match joined.last_mut() {
            Some(last) if depends => {
                last.old.end = edit.old.end;
                last.new.end = edit.new.end;
            }
            _ => joined.push(edit),
        }
    }
    joined
}

fn ends_sentence(text: &str) -> bool {
    text.contains(['.', '!', '?', '…', '。', '！', '？'])
}

/// Whether a change is one of words, and not of their letters or of marks alone.
fn changes_words(old: &str, new: &str, english: bool) -> bool {
    matches!(reason(old, new, english), Reason::Grammar | Reason::WordChoice | Reason::Wording)
}

/// Whether it takes a look at more than this change to see what was wrong.
fn is_unclear(old: &str, new: &str, english: bool) -> bool {
    match reason(old, new, english) {
        Reason::Wording => true,
        Reason::WordChoice => !is_confused(old.trim(), new.trim()),
        // A word added or left out beside another that changed belongs to it.
        Reason::Grammar => old.trim().is_empty() || new.trim().is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reason::{Capitalisation, Grammar, Punctuation, Spelling, WordChoice, Wording};

    /// What becomes of what, and why; those that are not made unasked end with a `?`.
    fn found(before: &str, after: &str) -> Vec<(String, Reason)> {
        let found = corrections(before, after);
        let all = parts(before, &found);
        let side = |kind| -> String {
            all.iter()
                .filter(|p| p.kind == DiffKind::Equal || p.kind == kind)
                .map(|p| p.text.as_str())
                .collect()
        };
        assert_eq!((side(DiffKind::Delete).as_str(), side(DiffKind::Insert).as_str()), (before, after));
        let units: Vec<u16> = before.encode_utf16().collect();
        assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start), "in order, without overlaps");
        found
            .iter()
            .map(|c| {
                let old =
                    String::from_utf16(&units[c.start as usize..c.end as usize]).expect("whole characters");
                let asks = if c.suggested { "" } else { " ?" };
                (format!("{old}|{}{asks}", c.text), c.reason)
            })
            .collect()
    }

    #[test]
    fn each_change_is_one_correction() {
        assert_eq!(
            found(
                "he dont know were the keys is, i think there in the kichen",
                "He doesn't know where the keys are. I think they're in the kitchen."
            ),
            [
                ("he|He".into(), Capitalisation),
                ("dont|doesn't".into(), Grammar),
                ("were|where".into(), WordChoice),
                ("is|are".into(), Grammar),
                (", i|. I".into(), Punctuation),
                ("there|they're".into(), WordChoice),
                ("kichen|kitchen".into(), Spelling),
                ("|.".into(), Punctuation),
            ]
        );
        assert_eq!(found("same 😀", "same 😀"), []);
        assert_eq!(found("😀 alot of it", "😀 a lot of it"), [("alot|a lot".into(), Reason::Spacing)]);
    }

    #[test]
    fn words_that_only_make_sense_together_stay_together() {
        let together = ("wont be able to|am not sure if I can ?".into(), Wording);
        assert_eq!(found("I wont be able to come", "I am not sure if I can come"), [together]);
        let together = ("which I attach|attached ?".into(), Wording);
        assert_eq!(found("a note which I attach to it", "a note attached to it"), [together]);
        assert_eq!(found("the sea was nice today", "the weather is good today").len(), 1);
        // A small change in a large one is not torn out of it either, and none of it is made unasked.
        assert_eq!(
            found("they must leave", "we should go home"),
            [("they must leave|we should go home ?".into(), Wording)]
        );
    }

    #[test]
    fn of_a_sentence_that_lost_something_the_corrections_stay() {
        assert_eq!(
            clear_part(
                "Our room was smaller then on the photos, but it was clean.",
                "Our room was smaller than on the photos."
            )
            .as_deref(),
            Some("Our room was smaller than on the photos, but it was clean.")
        );
        assert_eq!(clear_part("Could we move it to Friday?", "I am sorry to hear that."), None);
        assert_eq!(clear_part("the same", "the same"), None);
    }

    #[test]
    fn what_must_not_change_is_not_changed_unasked() {
        let flags = |before: &str, after: &str| -> Vec<(Option<FlagKind>, bool)> {
            corrections(before, after).into_iter().map(|c| (c.flag, c.suggested)).collect()
        };
        let flagged = |kind| vec![(Some(kind), false)];
        assert_eq!(flags("It costs £25 now.", "It costs £35 now."), flagged(FlagKind::Number));
        assert_eq!(
            flags("See https://example.org/a now.", "See https://example.org/b now."),
            flagged(FlagKind::Address)
        );
        assert_eq!(flags("I met Jon there.", "I met John there."), flagged(FlagKind::Name));
        assert_eq!(flags("Run `cargo tset` first.", "Run `cargo test` first."), flagged(FlagKind::Code));
        assert_eq!(
            flags("He said “not befor noon” twice.", "He said “not before noon” twice."),
            flagged(FlagKind::Quote)
        );
        assert_eq!(flags("open on sundays only", "open on Saturdays only"), flagged(FlagKind::Name));
        // Beside it is not in it, and capitals are no new name.
        assert_eq!(flags("on 3 May it rained alot", "on 3 May it rained a lot"), [(None, true)]);
        assert_eq!(flags("we leave on 3 May", "we leave on 3 May."), [(None, true)]);
        assert_eq!(flags("we meet on wednesday", "we meet on Wednesday"), [(None, true)]);
        assert_eq!(flags("I can come", "I can't come"), [(None, false)]);
    }
}
