//! Word diff of a rewrite against its original.

use crate::protected::violations;
use protocol::{Diff, DiffKind, DiffPart};
use similar::{Algorithm, DiffTag, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// Differences between `original` and `rewrite`, word by word, and the protected spans that were lost or added.
///
/// `equal` and `delete` parts joined give `original`, `equal` and `insert` parts give `rewrite`, to the byte. Neighbouring
/// parts differ in kind, and a deletion stands before the insertion that replaces it.
pub fn diff(original: &str, rewrite: &str) -> Diff {
    let old: Vec<&str> = original.split_word_bounds().collect();
    let new: Vec<&str> = rewrite.split_word_bounds().collect();
    let mut runs = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let deleted = old[op.old_range()].concat();
        if op.tag() == DiffTag::Equal {
            runs.push(Run::Equal(deleted));
        } else {
            runs.push(Run::Change(deleted, new[op.new_range()].concat()));
        }
    }
    Diff {
        parts: parts(coalesce(runs)),
        flags: violations(original, rewrite),
        added: violations(rewrite, original),
        notes: Vec::new(),
        corrections: Vec::new(),
    }
}

enum Run {
    Equal(String),
    /// Deleted and inserted text.
    Change(String, String),
}

/// Takes equal runs that only break a change into confetti into the changes around them.
fn coalesce(runs: Vec<Run>) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::with_capacity(runs.len());
    let mut runs = runs.into_iter().peekable();
    while let Some(run) = runs.next() {
        let between =
            matches!(joined.last(), Some(Run::Change(..))) && matches!(runs.peek(), Some(Run::Change(..)));
        let run = match run {
            Run::Equal(text) if between && is_tiny(&text) => Run::Change(text.clone(), text),
            other => other,
        };
        match (joined.last_mut(), run) {
            (Some(Run::Change(deleted, inserted)), Run::Change(more_deleted, more_inserted)) => {
                deleted.push_str(&more_deleted);
                inserted.push_str(&more_inserted);
            }
            (Some(Run::Equal(text)), Run::Equal(more)) => text.push_str(&more),
            (_, run) => joined.push(run),
        }
    }
    joined
}

/// Spaces, punctuation, and at most one word of three letters.
fn is_tiny(text: &str) -> bool {
    let mut words = text.unicode_words();
    words.next().is_none_or(|word| word.chars().count() <= 3)
        && words.next().is_none()
        && !text.contains('\n')
}

fn parts(runs: Vec<Run>) -> Vec<DiffPart> {
    let mut parts = Vec::with_capacity(runs.len() * 2);
    let mut push = |kind, text: String| {
        if !text.is_empty() {
            parts.push(DiffPart { kind, text });
        }
    };
    for run in runs {
        match run {
            Run::Equal(text) => push(DiffKind::Equal, text),
            Run::Change(deleted, inserted) => {
                // What both begin or end with is equal after all (left over from joining).
                let front = common(deleted.split_word_bounds(), inserted.split_word_bounds());
                let (head, deleted) = deleted.split_at(front);
                let inserted = &inserted[front..];
                let back = common(deleted.split_word_bounds().rev(), inserted.split_word_bounds().rev());
                push(DiffKind::Equal, head.to_owned());
                push(DiffKind::Delete, deleted[..deleted.len() - back].to_owned());
                push(DiffKind::Insert, inserted[..inserted.len() - back].to_owned());
                push(DiffKind::Equal, deleted[deleted.len() - back..].to_owned());
            }
        }
    }
    merge(parts)
}

/// Bytes that two sequences of words have in common at their beginnings.
fn common<'a>(a: impl Iterator<Item = &'a str>, b: impl Iterator<Item = &'a str>) -> usize {
    a.zip(b).take_while(|(x, y)| x == y).map(|(x, _)| x.len()).sum()
}

/// Joins neighbours of one kind.
fn merge(parts: Vec<DiffPart>) -> Vec<DiffPart> {
    let mut merged: Vec<DiffPart> = Vec::with_capacity(parts.len());
    for part in parts {
        match merged.last_mut() {
            Some(last) if last.kind == part.kind => last.text.push_str(&part.text),
            _ => merged.push(part),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(original: &str, rewrite: &str) -> String {
        diff(original, rewrite)
            .parts
            .iter()
            .map(|p| match p.kind {
                DiffKind::Equal => p.text.clone(),
                DiffKind::Delete => format!("[-{}-]", p.text),
                DiffKind::Insert => format!("[+{}+]", p.text),
            })
            .collect()
    }

    #[test]
    fn one_word_changes_alone() {
        assert_eq!(shown("the boat is fast", "the ferry is fast"), "the [-boat-][+ferry+] is fast");
        assert_eq!(shown("its late", "It's late."), "[-its-][+It's+] late[+.+]");
        assert_eq!(shown("same", "same"), "same");
        assert_eq!(shown("", "new"), "[+new+]");
    }

    #[test]
    fn no_confetti() {
        // Without joining, "the" and "of" would stand alone between changes.
        assert_eq!(
            shown("see the end of long stories", "view the finish of brief stories"),
            "[-see the end of long-][+view the finish of brief+] stories"
        );
    }
}
