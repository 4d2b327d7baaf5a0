//! Where a comment line may be put into code without becoming a part of something else.

use super::languages::Language;

/// For each line of `code`, whether a comment line may stand before it: not inside a string or a comment that runs over
/// lines, not between a line and its continuation, and in markup not inside a tag or a verbatim element. O(bytes).
///
/// It reads strings and comments and nothing else of a language, so that it can be wrong about a literal of another kind (a
/// regular expression with a backtick in it). Lines are never changed by that; a comment might then stand in a string.
pub fn safe_lines(code: &str, language: &Language) -> Vec<bool> {
    if language.markup {
        return safe_in_markup(code);
    }
    let mut safe = Vec::new();
    let mut state = State::Code;
    let mut heredoc: Option<String> = None;
    let mut continues = false;
    for line in code.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        if let Some(word) = &heredoc {
            safe.push(false);
            if body.trim() == word {
                heredoc = None;
            }
            continue;
        }
        safe.push(state == State::Code && !continues);
        state = read_line(body, state, language, &mut heredoc);
        continues = body.ends_with('\\');
    }
    if language.name == "javascript" || language.name == "typescript" {
        without_elements(code, &mut safe);
    }
    safe
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Code,
    /// Inside a comment that ends with this mark.
    Comment(&'static str),
    /// Inside a string that ends with this mark, over lines or not.
    Text(&'static str, bool),
}

fn read_line(line: &str, mut state: State, language: &Language, heredoc: &mut Option<String>) -> State {
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let mut step = character.len_utf8();
        match state {
            State::Comment(close) | State::Text(close, _) if rest.starts_with(close) => {
                step = close.len();
                state = State::Code;
            }
            State::Text(..) if character == '\\' => {
                step += rest[1..].chars().next().map_or(0, char::len_utf8);
            }
            State::Comment(_) | State::Text(..) => {}
            State::Code => {
                if let Some((open, close)) = language.block.iter().find(|(open, _)| rest.starts_with(open)) {
                    step = open.len();
                    state = State::Comment(close);
                } else if language.line.iter().any(|mark| rest.starts_with(mark)) {
                    break;
                } else if language.ticks && character == '\'' {
                    step = character_literal(rest);
                } else if let Some((open, close, over)) =
                    language.strings.iter().find(|(open, ..)| rest.starts_with(open))
                {
                    step = open.len();
                    state = State::Text(close, *over);
                } else if language.heredocs && heredoc.is_none() && rest.starts_with("<<") {
                    *heredoc = heredoc_word(&rest[2..]);
                    step = 2;
                }
            }
        }
        rest = &rest[step..];
    }
    match state {
        // It was none, or it was not closed: in either case it ends here.
        State::Text(_, false) => State::Code,
        other => other,
    }
}

/// Bytes of `'x'` or `'\n'`; of the tick alone where it is a lifetime.
fn character_literal(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    let escaped = matches!(characters.next(), Some((_, '\\')));
    if escaped {
        characters.next();
    }
    match characters.next() {
        Some((at, '\'')) => at + 1,
        _ => 1,
    }
}

fn heredoc_word(after: &str) -> Option<String> {
    let name = after.trim_start_matches(['<', '-', '~']).trim_start_matches(['\'', '"', ' ']);
    let word: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    // `1 << 2` shifts.
    (!word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit())).then_some(word)
}

/// Elements that JavaScript may hold: between the first line that begins with a tag and the last one, text is text.
fn without_elements(code: &str, safe: &mut [bool]) {
    let is_tag = |line: &str| {
        let rest = line.trim_start();
        let rest = rest.strip_prefix("return ").unwrap_or(rest).trim_start_matches('(');
        rest.strip_prefix('<')
            .is_some_and(|r| r.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '>')))
    };
    let lines: Vec<usize> =
        code.lines().enumerate().filter(|(_, line)| is_tag(line)).map(|(at, _)| at).collect();
    if let (Some(&first), Some(&last)) = (lines.first(), lines.last()) {
        for line in safe.iter_mut().take(last + 1).skip(first) {
            *line = false;
        }
    }
}

fn safe_in_markup(code: &str) -> Vec<bool> {
    const VERBATIM: &[&str] = &["script", "style", "pre", "textarea", "title"];
    let mut safe = Vec::new();
    let mut closing: Option<String> = None;
    let mut in_tag = false;
    for line in code.split_inclusive('\n') {
        safe.push(closing.is_none() && !in_tag);
        let lower = line.to_ascii_lowercase();
        let mut rest = lower.as_str();
        while !rest.is_empty() {
            if let Some(end) = &closing {
                let Some(at) = rest.find(end.as_str()) else { break };
                rest = &rest[at + end.len()..];
                in_tag = end.starts_with("</");
                closing = None;
            } else if in_tag {
                let Some(at) = rest.find('>') else { break };
                rest = &rest[at + 1..];
                in_tag = false;
            } else {
                let Some(at) = rest.find('<') else { break };
                rest = &rest[at..];
                if rest.starts_with("<!--") {
                    closing = Some("-->".to_owned());
                    rest = &rest[4..];
                } else if let Some(name) = VERBATIM.iter().find(|name| rest[1..].starts_with(**name)) {
                    closing = Some(format!("</{name}"));
                    rest = &rest[1..];
                } else {
                    in_tag = true;
                    rest = &rest[1..];
                }
            }
        }
    }
    // A document's first line has to stay the first.
    if let Some(first) = safe.first_mut() {
        *first &= !code.trim_start().starts_with("<?")
            && !code.trim_start().to_ascii_lowercase().starts_with("<!doctype");
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::languages::find;
    use super::*;

    #[track_caller]
    fn safe(language: &str, code: &str) -> String {
        let language = find(Some(language), "").expect("known");
        safe_lines(code, language).iter().map(|&safe| if safe { 's' } else { '-' }).collect()
    }

    #[test]
    fn strings_and_comments_over_lines_are_left_alone() {
        assert_eq!(safe("python", "x = 1\ns = \"\"\"\n# text\n\"\"\"\ny = 2\n"), "ss--s");
        assert_eq!(safe("js", "a = `\n${x}\n`;\nb = '`';\nc();"), "s--ss");
        assert_eq!(safe("c", "/* one\n two */\nint x;\nchar c = '\"';\nint y;"), "s-sss");
        assert_eq!(safe("c", "#define X \\\n  1\nint y;"), "s-s");
        assert_eq!(
            safe(
                "rust",
                "let s = \"a\nb\";\nfn f<'a>(x: &'a str) {}\nlet c = '\"';\nlet r = r#\"\"\n\"#;\nx();"
            ),
            "s-sss-s"
        );
        assert_eq!(safe("sh", "cat <<EOF\n# text\nEOF\nls"), "s--s");
        assert_eq!(safe("sh", "x=$((1 << 2))\nls"), "ss");
        assert_eq!(safe("sql", "select 'a\nb';\nselect 1"), "s-s");
    }

    #[test]
    fn in_markup_only_between_tags() {
        assert_eq!(safe("html", "<div\n  class=x>\n<p>a</p>\n<pre>\n a\n</pre>\n<b>c</b>"), "s-ss--s");
        assert_eq!(safe("html", "<!doctype html>\n<p>a</p>"), "-s");
        assert_eq!(
            safe("jsx", "function A() {\n  return (\n    <p>\n      text\n    </p>\n  );\n}"),
            "ss---ss"
        );
    }
}
