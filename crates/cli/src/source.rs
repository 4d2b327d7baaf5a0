//! A model's files on disk, read from front to back.

use crate::interrupt;
use anyhow::{Context, Result, bail};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// An open file of known length.
pub struct FileSource {
    file: File,
    bytes: u64,
}

impl FileSource {
    /// Opens `path`; where its name says that it is the first of several, those beside it too.
    ///
    /// # Errors
    /// When one of them is missing or cannot be read.
    pub fn open_all(path: &Path) -> Result<Vec<Self>> {
        let Some(parts) = Parts::of(path) else { return Ok(vec![Self::open(path)?]) };
        if parts.number != 1 {
            let (number, count, first) = (parts.number, parts.count, parts.path(1));
            bail!(
                "{} is part {number} of {count} of a model; name the first, {}",
                path.display(),
                first.display()
            );
        }
        let open = |number| {
            let part = parts.path(number);
            if number > 1 && !part.exists() {
                let (count, part) = (parts.count, part.display());
                bail!("the model has {count} parts, and {part} is missing; put all of them into one folder");
            }
            Self::open(&part)
        };
        (1..=parts.count).map(open).collect()
    }

    /// Opens `path`.
    ///
    /// # Errors
    /// When there is no file, or it cannot be read.
    fn open(path: &Path) -> Result<Self> {
        let name = path.display();
        if !path.exists() {
            bail!(
                "there is no model {name}; check the path, or fetch the default model with `cargo xtask install`"
            );
        }
        let file = File::open(path).with_context(|| format!("the model {name} could not be opened"))?;
        let about = file.metadata().with_context(|| format!("the model {name} could not be read"))?;
        if about.is_dir() {
            bail!("the model {name} is a folder; name a GGUF file");
        }
        Ok(Self { file, bytes: about.len() })
    }
}

impl gguf::Source for FileSource {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        if interrupt::requested() {
            return Err("interrupted".into());
        }
        self.file.read(into).map_err(|e| e.to_string())
    }

    fn total_bytes(&self) -> Option<u64> {
        Some(self.bytes)
    }
}

/// The files that a model is split into: `BASE-00001-of-00003.gguf` and so on.
struct Parts {
    base: PathBuf,
    number: u32,
    count: u32,
}

impl Parts {
    /// What the name of one of them says, if it is such a name.
    fn of(path: &Path) -> Option<Self> {
        let stem = path.file_name()?.to_str()?.strip_suffix(".gguf")?;
        let (rest, count) = stem.rsplit_once("-of-")?;
        let (base, number) = rest.rsplit_once('-')?;
        let digits = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(number) || !digits(count) {
            return None;
        }
        let (number, count) = (number.parse().ok()?, count.parse().ok()?);
        (1 <= number && number <= count).then(|| Self { base: path.with_file_name(base), number, count })
    }

    fn path(&self, number: u32) -> PathBuf {
        let mut name = self.base.clone().into_os_string();
        name.push(format!("-{number:05}-of-{:05}.gguf", self.count));
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts_are_told_from_others() {
        let parts = Parts::of(Path::new("a-1/b-00002-of-00013.gguf")).expect("a part");
        assert_eq!((parts.number, parts.count), (2, 13));
        assert_eq!(parts.path(1), Path::new("a-1/b-00001-of-00013.gguf"));
        for other in
            ["b.gguf", "b-1-of-2.gguf", "b-00000-of-00002.gguf", "b-00003-of-00002.gguf", "b-00001-of-00002"]
        {
            assert!(Parts::of(Path::new(other)).is_none(), "{other}");
        }
    }
}
