//! A model file on disk, read from front to back.

use crate::interrupt;
use anyhow::{Context, Result, bail};
use std::{fs::File, io::Read, path::Path};

/// An open file of known length.
pub struct FileSource {
    file: File,
    bytes: u64,
}

impl FileSource {
    /// Opens `path`.
    ///
    /// # Errors
    /// When there is no file, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
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
