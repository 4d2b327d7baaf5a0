//! A model file, wherever it lies.

use super::{
    fetch::Fetched,
    stored::{MODELS, Stored},
};
use gguf::Source;
use protocol::ModelFile;

/// One of the two.
pub(super) enum OpenModel {
    Package(Fetched),
    Storage(Stored),
}

impl OpenModel {
    /// Opens `file`.
    ///
    /// # Errors
    /// A sentence that says what failed.
    pub(super) async fn open(file: &ModelFile) -> Result<Self, String> {
        Ok(match file {
            ModelFile::Package { url } => Self::Package(Fetched::open(url).await?),
            ModelFile::Storage { name } => Self::Storage(Stored::open(MODELS, name).await?),
        })
    }
}

impl Source for OpenModel {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        match self {
            Self::Package(file) => file.read(into).await,
            Self::Storage(file) => file.read(into).await,
        }
    }

    fn total_bytes(&self) -> Option<u64> {
        match self {
            Self::Package(file) => file.total_bytes(),
            Self::Storage(file) => file.total_bytes(),
        }
    }
}
