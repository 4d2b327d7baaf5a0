//! Comment lines for code, without a change to the code.

use super::languages::Language;
use protocol::{DiffKind, DiffPart};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::{collections::HashSet, ops::Range};

/// Most lines that the model is given at a time: a small one copies no more without a slip.
const BLOCK_LINES: usize = 16;
/// Most comment lines before one line of code.
const MOST_TOGETHER: usize = 3;

/// Some lines of code that are given to the model together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Lines, counted from 0.
    pub lines: Range<usize>,
    /// Bytes.
    pub bytes: Range<usize>,
}

/// `code` in blocks of at most [`BLOCK_LINES`] lines where it can be parted there: at an empty line if there is one, never
/// inside a string. O(lines).
pub fn blocks(code: &str, safe: &[bool]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = Block { lines: 0..0, bytes: 0..0 };
    let mut blank = false;
    for (at, line) in code.split_inclusive('\n').enumerate() {
        let is_blank = line.trim().is_empty();
        let length = open.lines.len();
        let full = length >= BLOCK_LINES || blank && !is_blank && length >= BLOCK_LINES / 2;
        if full && safe[at] && !is_blank {
            let next = Block { lines: at..at, bytes: open.bytes.end..open.bytes.end };
            blocks.push(std::mem::replace(&mut open, next));
        }
        open.lines.end = at + 1;
        open.bytes.end += line.len();
        blank = is_blank;
    }
    blocks.push(open);
    blocks.retain(|block| !code[block.bytes.clone()].trim().is_empty() || block.bytes.start == 0);
    // What is blank at the end belongs to the last block.
    if let Some(last) = blocks.last_mut() {
        last.bytes.end = code.len();
        last.lines.end = safe.len();
    }
    blocks
}

/// Code with comments.
#[derive(Debug, PartialEq)]
pub struct Merged {
    /// `equal` parts joined are the code, to the byte; `insert` parts are whole comment lines.
    pub parts: Vec<DiffPart>,
    /// Bytes of the lines that the model changed or left out, and that are as they were.
    pub put_back: Vec<Range<usize>>,
}

/// Takes from `output` the comment lines alone and puts them between the lines of `code`, where `safe` allows it. What the
/// model said behind a line of code goes above it. O(lines of both × differences).
pub fn merge(code: &str, output: &str, safe: &[bool], language: &Language) -> Merged {
    let lines: Vec<&str> = code.split_inclusive('\n').collect();
    let keys: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    let known: HashSet<&str> = keys.iter().copied().collect();
    let said = unfenced(output);
    let said: Vec<&str> = said.iter().flat_map(|line| apart(line.trim(), &known, language)).collect();
    let starts: Vec<usize> = lines
        .iter()
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some(start)
        })
        .collect();
    let mut merged = Merged { parts: Vec::new(), put_back: Vec::new() };
    let mut waiting: Vec<String> = Vec::new();
    let mut given: HashSet<String> = HashSet::new();
    for op in capture_diff_slices(Algorithm::Patience, &keys, &said) {
        let (_, old, new) = op.as_tag_tuple();
        if !matches!(op, DiffOp::Equal { .. }) {
            for comment in comments(&said[new], language) {
                let bare = body(&comment, language);
                let is_new = !known.contains(comment.as_str())
                    && !known.contains(bare)
                    && given.insert(bare.to_lowercase());
                if is_new && waiting.len() < MOST_TOGETHER {
                    waiting.push(comment);
                }
            }
        }
        if matches!(op, DiffOp::Delete { .. } | DiffOp::Replace { .. }) {
            let lost: Vec<usize> = old.clone().filter(|&at| !keys[at].is_empty()).collect();
            if let (Some(&first), Some(&last)) = (lost.first(), lost.last()) {
                let end = starts[last] + lines[last].trim_end().len();
                merged.put_back.push(starts[first] + indent(lines[first]).len()..end);
            }
        }
        for at in old {
            // A comment is about what follows it, and stands where that does.
            if !keys[at].is_empty() && safe[at] {
                for comment in waiting.drain(..) {
                    push(&mut merged.parts, DiffKind::Insert, &format!("{}{comment}\n", indent(lines[at])));
                }
            }
            push(&mut merged.parts, DiffKind::Equal, lines[at]);
        }
    }
    merged
}

fn push(parts: &mut Vec<DiffPart>, kind: DiffKind, text: &str) {
    match parts.last_mut() {
        Some(last) if last.kind == kind => last.text.push_str(text),
        _ => parts.push(DiffPart { kind, text: text.to_owned() }),
    }
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// The lines inside the first code fence, all of them where there is none.
fn unfenced(output: &str) -> Vec<&str> {
    let lines: Vec<&str> = output.lines().collect();
    let is_fence = |line: &str| line.trim_start().starts_with("```");
    let Some(open) = lines.iter().position(|line| is_fence(line)) else { return lines };
    let close =
        lines[open + 1..].iter().position(|line| is_fence(line)).map_or(lines.len(), |at| open + 1 + at);
    lines[open + 1..close].to_vec()
}

/// A line of code with a comment behind it, as the comment and the line; any other line as it is.
fn apart<'a>(line: &'a str, known: &HashSet<&str>, language: &Language) -> Vec<&'a str> {
    if !known.contains(line) {
        let marks = language.line.iter().copied().chain(language.block.iter().map(|(open, _)| *open));
        for mark in marks {
            for (at, _) in line.match_indices(mark) {
                let before = line[..at].trim_end();
                if !before.is_empty() && known.contains(before) {
                    return vec![&line[at..], before];
                }
            }
        }
    }
    vec![line]
}

/// The comments among lines that are no code of the original, each on one line. One that runs over several is joined.
fn comments(lines: &[&str], language: &Language) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(String, &str)> = None;
    for line in lines {
        if let Some((text, close)) = &mut open {
            let last = line.strip_suffix(*close);
            text.push(' ');
            text.push_str(last.unwrap_or(line).trim_start_matches('*').trim());
            if last.is_some() {
                let (text, close) = open.take().unwrap_or_default();
                found.extend(comment(&tidied(&text, close), language));
            }
            continue;
        }
        let opened = language.block.iter().find(|(open, _)| line.starts_with(open));
        match opened {
            Some((_, close)) if !line.contains(close) => open = Some(((*line).to_owned(), close)),
            _ => found.extend(comment(line, language)),
        }
    }
    found
}

/// A comment that was joined of lines, and closed.
fn tidied(text: &str, close: &str) -> String {
    let body = text.replacen("/**", "/*", 1);
    let body = body.trim_end_matches(['*', ' ']);
    format!("{} {close}", body.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `line` if it is a comment and nothing but one, whatever follows it.
fn comment(line: &str, language: &Language) -> Option<String> {
    if body(line, language).chars().filter(|c| c.is_alphabetic()).count() < 3 {
        return None;
    }
    // These would take the next line along, or end more than the comment.
    let lower = line.to_ascii_lowercase();
    if line.ends_with('\\')
        || lower.contains("?>")
        || lower.contains("</")
        || line.contains(['\r', '\u{2028}', '\u{2029}'])
    {
        return None;
    }
    let blocked = language.block.iter().any(|(open, close)| {
        line.strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|inside| !inside.contains(close) && !inside.contains(open))
    });
    let opens = language.block.iter().any(|(open, _)| line.starts_with(open));
    let lined = !opens && language.line.iter().any(|mark| line.starts_with(mark));
    // "#!" and "#include" are no comments, and neither is "#[derive]".
    let is_order =
        line.starts_with("#!") || line.starts_with("#[") || language.name == "r" && line.starts_with("#'");
    (blocked || lined && !is_order).then(|| line.to_owned())
}

/// What a comment says, without its marks.
fn body<'a>(line: &'a str, language: &Language) -> &'a str {
    let mut text = line;
    for (open, close) in language.block {
        text = text.strip_prefix(open).unwrap_or(text);
        text = text.strip_suffix(close).unwrap_or(text);
    }
    for mark in language.line {
        text = text.trim_start_matches(mark);
    }
    text.trim()
}

#[cfg(test)]
mod tests {
    use super::super::{languages::find, lexer::safe_lines};
    use super::*;

    const CODE: &str = "def area(w, h):\n    if w < 0:\n        raise ValueError\n    return w * h\n";

    fn merged(name: &str, code: &str, output: &str) -> (String, usize) {
        let language = find(Some(name), "").expect("known");
        let merged = merge(code, output, &safe_lines(code, language), language);
        let same: String =
            merged.parts.iter().filter(|p| p.kind == DiffKind::Equal).map(|p| p.text.as_str()).collect();
        assert_eq!(same, code, "every line is there, unchanged and in order");
        for part in merged.parts.iter().filter(|p| p.kind != DiffKind::Equal) {
            for line in part.text.lines() {
                assert_eq!(comment(line.trim(), language).as_deref(), Some(line.trim()));
            }
        }
        (merged.parts.iter().map(|p| p.text.as_str()).collect(), merged.put_back.len())
    }

    #[test]
    fn comments_go_above_what_they_are_about() {
        let output = "```python\n# The area of a rectangle.\ndef area(w, h):\n    if w < 0:\n        raise ValueError  # no negative widths\n    return w * h\n```";
        assert_eq!(
            merged("python", CODE, output),
            (
                "# The area of a rectangle.\ndef area(w, h):\n    if w < 0:\n        # no negative widths\n        raise ValueError\n    return w * h\n".to_owned(),
                0
            )
        );
    }

    #[test]
    fn what_the_model_changed_is_put_back() {
        let output = "# Computes.\ndef area(width, height):\n    import os\n    if w < 0:\n    # last\n    return w * h * 2\nprint(area(1, 2))";
        let (text, put_back) = merged("python", CODE, output);
        assert_eq!(
            text,
            "# Computes.\ndef area(w, h):\n    if w < 0:\n        # last\n        raise ValueError\n    return w * h\n"
        );
        assert_eq!(put_back, 2);
    }

    #[test]
    fn no_comment_changes_what_the_code_does() {
        let string = "s = \"\"\"\na\n\"\"\"\n";
        assert_eq!(merged("python", string, "s = \"\"\"\n# in the string\na\n\"\"\"\n").0, string);
        let c = "int x = 1;\nint y = 2;\n";
        for bad in [
            "// swallows the next line \\\nint x = 1;\nint y = 2;\n",
            "/* a */ evil(); /* b */\nint x = 1;\nint y = 2;\n",
            "int x = 1;\n/* never closed\nint y = 2;\n",
            "int x = 1;\n// int y = 2;\nint y = 2;\n",
            "#include <evil>\nint x = 1;\nint y = 2;\n",
        ] {
            assert_eq!(merged("c", c, bad).0, c, "{bad}");
        }
        assert_eq!(merged("php", "echo 1;\n", "// ends ?> <b>\necho 1;\n").0, "echo 1;\n");
    }

    #[test]
    fn comments_over_lines_become_one() {
        let (text, _) = merged("c", "int x;\n", "/**\n * The first\n * and only one.\n */\nint x;\n");
        assert_eq!(text, "/* The first and only one. */\nint x;\n");
        let (text, _) = merged("html", "<p>a</p>\n", "<!-- A paragraph -->\n<p>a</p>\n");
        assert_eq!(text, "<!-- A paragraph -->\n<p>a</p>\n");
    }

    #[test]
    fn blocks_are_all_of_the_code() {
        let language = find(Some("python"), "").expect("known");
        let code = format!(
            "{}\n\n{}s = '''\n{}'''\n",
            "a = 1\n".repeat(10),
            "b = 2\n".repeat(20),
            "text\n".repeat(30)
        );
        let safe = safe_lines(&code, language);
        let blocks = blocks(&code, &safe);
        let joined: String = blocks.iter().map(|block| &code[block.bytes.clone()]).collect();
        assert_eq!(joined, code);
        assert_eq!(blocks.iter().map(|block| block.lines.len()).sum::<usize>(), code.lines().count());
        assert_eq!(blocks.len(), 3, "{blocks:?}");
    }
}
