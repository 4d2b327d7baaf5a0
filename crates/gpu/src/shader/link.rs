//! Turns a kernel's file into one WGSL text for one variant.
//!
//! Directives stand at the start of a line:
//! - `#import NAME` puts the file NAME here, the first time it is asked for.
//! - `#ifdef NAME` … `#else` … `#end` keeps the one part or the other.
//! - `#repeat NAME COUNT` … `#end` writes its lines COUNT times, `{NAME}` being 0, 1, 2 … in them.
//! - `#enable EXTENSION` asks for a WGSL extension, where the compiler at hand wants to be asked.
//!
//! `{NAME}` stands for the value of the definition NAME, in directives too.

use std::collections::{HashMap, HashSet};

/// A source that cannot be linked.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{file}:{line}: {what}")]
pub(crate) struct LinkError {
    file: String,
    line: usize,
    what: String,
}

/// Links the kernel `name` with `defines`; `sources` maps names to texts, `enable` writes the `enable` lines.
pub(crate) fn link(
    sources: &[(&str, &str)],
    name: &str,
    defines: &[(&str, String)],
    enable: bool,
) -> Result<String, LinkError> {
    let mut linker = Linker {
        sources: sources.iter().copied().collect(),
        imported: HashSet::new(),
        values: defines.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect(),
        extensions: String::new(),
        out: String::new(),
        enable,
    };
    linker.file(name, name, 0)?;
    Ok(linker.extensions + &linker.out)
}

struct Linker<'a> {
    sources: HashMap<&'a str, &'a str>,
    imported: HashSet<String>,
    values: HashMap<String, String>,
    extensions: String,
    out: String,
    enable: bool,
}

/// A line with its number in its file.
type Line<'a> = (usize, &'a str);

impl<'a> Linker<'a> {
    fn file(&mut self, name: &str, from: &str, line: usize) -> Result<(), LinkError> {
        if !self.imported.insert(name.to_owned()) {
            return Ok(());
        }
        let text = *self.sources.get(name).ok_or_else(|| LinkError {
            file: from.into(),
            line,
            what: format!("there is no file {name}"),
        })?;
        let lines: Vec<Line<'a>> = text.lines().enumerate().map(|(i, l)| (i + 1, l)).collect();
        self.lines(name, &lines)
    }

    fn lines(&mut self, file: &str, lines: &[Line<'a>]) -> Result<(), LinkError> {
        let mut at = 0;
        while let Some(&(number, text)) = lines.get(at) {
            let fail = |what: String| LinkError { file: file.into(), line: number, what };
            at += 1;
            let Some(directive) = text.strip_prefix('#') else {
                let text = self.substitute(text).map_err(fail)?;
                self.out.push_str(&text);
                self.out.push('\n');
                continue;
            };
            let directive = self.substitute(directive).map_err(fail)?;
            let words: Vec<&str> = directive.split_whitespace().collect();
            match words[..] {
                ["import", name] => self.file(name, file, number)?,
                ["enable", extension] => {
                    if self.enable {
                        self.extensions.push_str(&format!("enable {extension};\n"));
                    }
                }
                ["ifdef", name] => {
                    let block =
                        Block::parse(&lines[at..]).ok_or_else(|| fail("#ifdef without #end".into()))?;
                    let part = if self.values.contains_key(name) { block.first } else { block.second };
                    self.lines(file, part)?;
                    at += block.length;
                }
                ["repeat", name, count] => {
                    let block =
                        Block::parse(&lines[at..]).ok_or_else(|| fail("#repeat without #end".into()))?;
                    let count: usize = count.parse().map_err(|_| fail(format!("{count} is no count")))?;
                    for i in 0..count {
                        self.values.insert(name.to_owned(), i.to_string());
                        self.lines(file, block.first)?;
                    }
                    self.values.remove(name);
                    at += block.length;
                }
                _ => return Err(fail(format!("#{directive} is no directive"))),
            }
        }
        Ok(())
    }

    /// Replaces `{NAME}` by its value. Braces around anything but a plain name are WGSL's own.
    fn substitute(&self, text: &str) -> Result<String, String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            out.push_str(before);
            let name_len = after[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(0);
            if name_len > 0 && after[1 + name_len..].starts_with('}') {
                let name = &after[1..=name_len];
                out.push_str(self.values.get(name).ok_or_else(|| format!("{name} is not defined"))?);
                rest = &after[name_len + 2..];
            } else {
                out.push('{');
                rest = &after[1..];
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// What stands between a directive and its `#end`.
struct Block<'l, 'a> {
    first: &'l [Line<'a>],
    second: &'l [Line<'a>],
    length: usize,
}

impl<'l, 'a> Block<'l, 'a> {
    fn parse(lines: &'l [Line<'a>]) -> Option<Self> {
        let mut depth = 0;
        let mut middle = None;
        for (i, (_, text)) in lines.iter().enumerate() {
            let word = text.split_whitespace().next().unwrap_or("");
            match word {
                "#ifdef" | "#repeat" => depth += 1,
                "#else" if depth == 0 => middle = Some(i),
                "#end" if depth > 0 => depth -= 1,
                "#end" => {
                    let first = &lines[..middle.unwrap_or(i)];
                    let second = middle.map_or(&lines[..0], |m| &lines[m + 1..i]);
                    return Some(Self { first, second, length: i + 1 });
                }
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCES: &[(&str, &str)] = &[
        (
            "a",
            "#enable f16\n#import lib/b\n#import lib/b\n#ifdef X\nx {X}\n#else\nno x\n#end\nfn f() { return; }",
        ),
        ("lib/b", "b"),
        ("grid", "#repeat i 2\n#repeat j {N}\n{i}{j}\n#end\n#end"),
        ("lost", "fine\n#import nowhere"),
        ("open", "#ifdef X\nx"),
        ("undefined", "\n{Y}"),
    ];

    #[test]
    fn a_file_is_imported_once_and_conditions_hold() {
        let text = link(SOURCES, "a", &[("X", "1".into())], true).expect("links");
        assert_eq!(text, "enable f16;\nb\nx 1\nfn f() { return; }\n");
        let text = link(SOURCES, "a", &[], false).expect("links");
        assert_eq!(text, "b\nno x\nfn f() { return; }\n");
    }

    #[test]
    fn repeats_nest() {
        let text = link(SOURCES, "grid", &[("N", "3".into())], false).expect("links");
        assert_eq!(text, "00\n01\n02\n10\n11\n12\n");
    }

    #[test]
    fn faults_name_file_and_line() {
        let fault = |name| link(SOURCES, name, &[], false).expect_err("does not link").to_string();
        assert_eq!(fault("lost"), "lost:2: there is no file nowhere");
        assert_eq!(fault("open"), "open:1: #ifdef without #end");
        assert_eq!(fault("undefined"), "undefined:2: Y is not defined");
    }
}
