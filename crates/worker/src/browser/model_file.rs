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
    /// Opens all parts of `file`, in their order.
    ///
    /// # Errors
    /// A sentence that says what failed.
    pub(super) async fn open(file: &ModelFile) -> Result<Vec<Self>, String> {
        let names = match file {
            ModelFile::Package { url } => return Ok(vec![Self::Package(Fetched::open(url).await?)]),
            ModelFile::Storage { names } => names,
        };
        let mut parts = Vec::with_capacity(names.len());
        for name in names {
            parts.push(Self::Storage(Stored::open(MODELS, name).await?));
        }
        Ok(parts)
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
