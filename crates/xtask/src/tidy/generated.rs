//! The generated TypeScript in the repository is what its sources give.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{codegen, paths, process, stamp};

/// What is not the protocol's.
const STRINGS: &str = "messages.ts";

/// Whether generating again would change nothing.
pub fn check() -> Result<()> {
    let fresh = paths::scratch().join("generated");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    codegen::write_protocol(&fresh)?;
    let mut kept = read(&codegen::folder())?;
    kept.remove(Path::new(STRINGS));
    super::all_or(&differences(&read(&fresh)?, &kept))?;
    process::run(codegen::strings().arg("--check"))
}

type Files = BTreeMap<PathBuf, Vec<u8>>;

fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    for path in stamp::files_under(folder, &|_| true)? {
        files.insert(path.strip_prefix(folder)?.to_path_buf(), fs::read(&path)?);
    }
    Ok(files)
}

fn differences(fresh: &Files, kept: &Files) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, content) in fresh {
        if kept.get(path) != Some(content) {
            faults.push(format!(
                "extension/generated/{} is not up to date: run `cargo xtask codegen`",
                path.display()
            ));
        }
    }
    for path in kept.keys().filter(|path| !fresh.contains_key(*path)) {
        faults.push(format!("extension/generated/{} is not generated any more: delete it", path.display()));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_missing_and_left_over_files_are_told() {
        let files = |list: &[(&str, &str)]| -> Files {
            list.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).collect()
        };
        let fresh = files(&[("a.ts", "1"), ("b.ts", "2")]);
        assert_eq!(differences(&fresh, &fresh), Vec::<String>::new());
        assert_eq!(differences(&fresh, &files(&[("a.ts", "1")])).len(), 1);
        assert_eq!(differences(&fresh, &files(&[("a.ts", "0"), ("b.ts", "2"), ("c.ts", "3")])).len(), 2);
    }
}
