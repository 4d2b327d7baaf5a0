//! Files, network, clock and entropy belong to the programs: libraries are handed bytes, times and seeds.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::{paths, stamp};

/// The crates that are programs.
const PROGRAMS: &[&str] = &["cli", "worker", "xtask"];

const FORBIDDEN: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "Instant::now",
    "SystemTime::now",
    "getrandom",
    "thread_rng",
];

/// WGSL is written in shaders/, and handled in the crate `gpu`.
const WGSL: &[&str] = &["@compute", ".wgsl"];

/// Whether the libraries' sources, apart from their tests, name nothing of that.
pub fn check() -> Result<()> {
    let mut faults = Vec::new();
    let crates = paths::root().join("crates");
    for file in stamp::files_under(&crates, &|path| path.file_name().is_some_and(|name| name != "target"))? {
        let Some((name, inside)) = place(&crates, &file) else { continue };
        let words = if PROGRAMS.contains(&name.as_str()) { &[] } else { FORBIDDEN };
        let wgsl = if ["gpu", "xtask"].contains(&name.as_str()) { &[] } else { WGSL };
        let text = fs::read_to_string(&file)?;
        faults.extend(
            lines(&text, words)
                .chain(lines(&text, wgsl))
                .map(|(line, word)| format!("crates/{name}/{inside}:{line}: `{word}`")),
        );
    }
    super::all_or(&faults)
}

/// The crate's folder, and the path in it, of a source that ends up in the crate; not of its tests.
fn place(crates: &Path, file: &Path) -> Option<(String, String)> {
    let (name, inside) = file.strip_prefix(crates).ok()?.to_str()?.split_once('/')?;
    let is_test = inside.ends_with("/tests.rs") || inside.contains("/tests/");
    (inside.starts_with("src/") && inside.ends_with(".rs") && !is_test)
        .then(|| (name.to_owned(), inside.to_owned()))
}

/// The lines, from 1, on which one of `words` stands; without comments and without the tests at the end.
fn lines<'a>(text: &'a str, words: &'a [&str]) -> impl Iterator<Item = (usize, &'a str)> {
    let code = text.lines().enumerate().take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    code.filter(|(_, line)| !line.trim_start().starts_with("//")).flat_map(move |(index, line)| {
        words.iter().filter(|word| line.contains(**word)).map(move |word| (index + 1, *word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_searched_and_comments_and_tests_are_not() {
        let text = "use std::fs;\n// std::net\nlet x;\n#[cfg(test)]\nmod tests { use std::env; }\n";
        assert_eq!(lines(text, FORBIDDEN).collect::<Vec<_>>(), [(1, "std::fs")]);
    }

    #[test]
    fn only_sources_of_crates_count() {
        let place = |path: &str| place(Path::new("/c"), Path::new(path));
        assert_eq!(place("/c/gpu/src/a.rs"), Some(("gpu".to_owned(), "src/a.rs".to_owned())));
        assert_eq!(place("/c/gpu/build.rs"), None);
        assert_eq!(place("/c/gpu/src/a/tests.rs"), None);
        assert_eq!(place("/c/gpu/tests/a.rs"), None);
    }
}
