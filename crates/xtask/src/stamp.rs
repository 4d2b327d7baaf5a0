//! Stamps: a step whose inputs have not changed since it last succeeded need not run again.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::paths;

/// SHA-256 of a file's content, in lower-case hexadecimal.
pub fn sha256(path: &Path) -> Result<String> {
    let mut file = fs::File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(format!("{:x}", hash.finalize()));
        }
        hash.update(&buffer[..count]);
    }
}

/// All files under `folder`, sorted, without those that `keep` refuses (it is asked about folders too).
pub fn files_under(folder: &Path, keep: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if !keep(&path) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// One step's stamp: the state of its inputs.
pub struct Stamp {
    path: PathBuf,
    state: String,
}

impl Stamp {
    /// The stamp called `name` over the content of `files` and over `settings`.
    pub fn of(name: &str, files: &[PathBuf], settings: &str) -> Result<Self> {
        let mut state = format!("{settings}\n");
        for file in files {
            state += &format!("{} {}\n", sha256(file)?, file.display());
        }
        Ok(Self { path: paths::scratch().join("stamps").join(name), state })
    }

    /// Whether the step last succeeded with the same inputs.
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|state| state == self.state)
    }

    /// Notes that the step has succeeded.
    pub fn set(&self) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.path, &self.state)
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_fresh_until_an_input_changes() {
        let folder = paths::scratch().join("test-stamp");
        fs::create_dir_all(&folder).unwrap();
        let input = folder.join("input");
        fs::write(&input, "a").unwrap();
        let stamp = |settings| Stamp::of("test", std::slice::from_ref(&input), settings).unwrap();
        stamp("x").set().unwrap();
        assert!(stamp("x").is_fresh());
        assert!(!stamp("y").is_fresh());
        fs::write(&input, "b").unwrap();
        assert!(!stamp("x").is_fresh());
    }

    #[test]
    fn sha256_is_the_standard_one() {
        let path = paths::scratch().join("test-sha256");
        fs::create_dir_all(paths::scratch()).unwrap();
        fs::write(&path, "abc").unwrap();
        assert_eq!(
            sha256(&path).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
