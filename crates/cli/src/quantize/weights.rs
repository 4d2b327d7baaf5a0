//! Where weights come from.

use crate::{
    quantize::hugging_face::{self, Folder},
    source::FileSource,
};
use anyhow::Result;
use gguf::{Format, Metadata, Reader};
use std::path::Path;

/// Bytes that are read at a time.
const CHUNK_BYTES: usize = 4 << 20;

/// A matrix or vector, as it is stored.
#[derive(Clone, Debug)]
pub struct Weight {
    /// Its name in a GGUF file.
    pub name: String,
    /// Outermost first.
    pub shape: Vec<usize>,
    pub format: Format,
}

impl Weight {
    /// Values a row.
    pub fn columns(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }

    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// Bytes of data.
    pub fn bytes(&self) -> u64 {
        (self.elements() / self.format.block_len() * self.format.block_bytes()) as u64
    }
}

/// A model's weights, not read yet.
pub struct Weights {
    pub metadata: Metadata,
    pub list: Vec<Weight>,
    source: Source,
}

enum Source {
    File(Box<Reader<FileSource>>),
    Folder(Folder),
}

impl Weights {
    /// Opens a GGUF file, or a folder as Hugging Face has models.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or a model of a kind that cannot be converted.
    pub async fn open(path: &Path) -> Result<Self> {
        if path.is_dir() {
            let (metadata, list, folder) = hugging_face::open(path)?;
            return Ok(Self { metadata, list, source: Source::Folder(folder) });
        }
        let reader = Reader::open_parts(FileSource::open_all(path)?).await?;
        let header = reader.header();
        let list = header.tensors.iter().map(|tensor| Weight {
            name: tensor.name.clone(),
            shape: tensor.shape.clone(),
            format: tensor.format,
        });
        let (metadata, list) = (header.metadata.clone(), list.collect());
        Ok(Self { metadata, list, source: Source::File(Box::new(reader)) })
    }

    /// Reads all, in the order of the list: `each(index, bytes)` with the next whole blocks.
    ///
    /// # Errors
    /// When they cannot be read; and what `each` fails with.
    pub async fn read(self, mut each: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
        let reader = match self.source {
            Source::Folder(folder) => return folder.read(each),
            Source::File(reader) => *reader,
        };
        let (mut index, mut before) = (0, None);
        reader
            .read_tensors(CHUNK_BYTES, async |tensor, _, bytes| -> Result<()> {
                if before.as_ref() != Some(&tensor.name) {
                    index += usize::from(before.is_some());
                    before = Some(tensor.name.clone());
                }
                each(index, bytes)
            })
            .await?;
        Ok(())
    }
}
