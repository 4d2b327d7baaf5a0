//! The repository holds nothing of the machines it is made on, and leaves the choice of registries to their clients.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::{paths, process};

/// Hosts of registries and home folders, each in two parts, so that this file does not hold them either.
const FORBIDDEN: &[[&str; 2]] = &[
    ["py", "pi.org"],
    ["python", "hosted.org"],
    ["registry.npm", "js.org"],
    ["registry.yarn", "pkg.com"],
    ["crates", ".io"],
    ["static.rust", "-lang.org"],
    ["deb.deb", "ian.org"],
    ["/ro", "ot/"],
    ["/wo", "rk/"],
    ["/ho", "me/"],
];

/// Whether no file that git keeps, or would, has any of them. Cargo.lock names its registry by its nature.
pub fn check() -> Result<()> {
    let mut git = Command::new("git");
    git.current_dir(paths::root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let mut faults = Vec::new();
    for name in process::output(&mut git)?.split_terminator('\0').filter(|name| *name != "Cargo.lock") {
        let path = paths::root().join(name);
        // A file may be deleted and still be in the index, and a folder is another repository.
        if !path.is_file() {
            continue;
        }
        if let Ok(text) = String::from_utf8(fs::read(&path)?) {
            faults.extend(found(&text).map(|(line, word)| format!("{name}:{line}: `{word}`")));
        }
    }
    super::all_or(&faults)
}

fn found(text: &str) -> impl Iterator<Item = (usize, String)> {
    let words: Vec<String> = FORBIDDEN.iter().map(|parts| parts.concat()).collect();
    text.lines().enumerate().flat_map(move |(index, line)| {
        let here: Vec<_> = words.iter().filter(|word| line.contains(word.as_str())).cloned().collect();
        here.into_iter().map(move |word| (index + 1, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_words_are_found_with_their_line() {
        let text = format!("a\nsee {}{} for it\n", "py", "pi.org");
        assert_eq!(found(&text).count(), 1);
        assert_eq!(found(&text).next().map(|(line, _)| line), Some(2));
        assert_eq!(found("nothing of the kind").count(), 0);
    }
}
