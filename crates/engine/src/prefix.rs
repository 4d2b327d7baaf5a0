//! What the cache holds, as bytes: put aside, and taken up again instead of reading the same text once more.
//!
//! The bytes are a mark, the model's identity, the cache's format and layout, the tokens, and then the cache layer after
//! layer, all little-endian. Layers are as the backend keeps them, so what comes back is the same bit for bit.

use crate::Session;
use gguf::Source;
use ops::{Backend, BackendError, CacheLayout};

const MARK: [u8; 8] = *b"SOTTOKV3";
/// Mark, identity, format, layers, bytes a position, tokens.
const HEAD_BYTES: usize = 8 + 8 + 4 + 4 + 4 + 4;

/// Why a prefix could not be put aside or taken up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PrefixError {
    /// The bytes cannot be read or written.
    #[error("{0}")]
    Io(String),
    /// They are not such bytes, or not all of them.
    #[error("this is no prefix that was put aside, or only a part of one")]
    Damaged,
    /// They belong to another model.
    #[error("this prefix was put aside by another model")]
    OtherModel,
    /// They belong to a cache of another format, or one that is laid out differently or is longer.
    #[error("this prefix does not fit the cache")]
    OtherLayout,
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

impl<B: Backend> Session<B> {
    /// The tokens whose keys and values the cache holds.
    pub fn resident(&self) -> &[u32] {
        &self.resident
    }

    /// Bytes that [`Session::save_prefix`] writes of so many tokens.
    pub fn prefix_bytes(&self, tokens: usize) -> u64 {
        let layout = self.backend.cache_layout();
        (HEAD_BYTES + tokens * (size_of::<u32>() + layout.row_bytes.iter().sum::<usize>())) as u64
    }

    /// Puts the whole of the cache aside: `write` takes the bytes, piece after piece.
    ///
    /// # Errors
    /// [`PrefixError::Io`] and [`PrefixError::Backend`].
    pub async fn save_prefix(
        &mut self,
        mut write: impl FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(), PrefixError> {
        write(&self.head(&self.resident)).map_err(PrefixError::Io)?;
        for layer in 0..self.backend.cache_layout().row_bytes.len() {
            let rows = self.backend.read_cache(layer, self.resident.len()).await?;
            write(&rows).map_err(PrefixError::Io)?;
        }
        Ok(())
    }

    /// Takes up what [`Session::save_prefix`] wrote, in place of what the cache holds.
    ///
    /// # Errors
    /// See [`PrefixError`]. A refused prefix leaves the cache as it is; one that breaks off leaves it empty.
    pub async fn restore_prefix(&mut self, mut source: impl Source) -> Result<(), PrefixError> {
        let mut head = [0; HEAD_BYTES];
        fill(&mut source, &mut head).await?;
        let [.., a, b, c, d] = head;
        let count = u32::from_le_bytes([a, b, c, d]) as usize;
        if !head.starts_with(&MARK) {
            return Err(PrefixError::Damaged);
        }
        if head[8..16] != self.identity.to_le_bytes() {
            return Err(PrefixError::OtherModel);
        }
        if count > self.backend.capacity() || head[16..28] != self.layout() {
            return Err(PrefixError::OtherLayout);
        }
        let mut bytes = vec![0; count * size_of::<u32>()];
        fill(&mut source, &mut bytes).await?;
        let (words, _) = bytes.as_chunks();
        let tokens: Vec<u32> = words.iter().map(|&word| u32::from_le_bytes(word)).collect();

        self.resident.clear();
        let layout = self.backend.cache_layout();
        let mut rows = Vec::new();
        for (layer, row_bytes) in layout.row_bytes.into_iter().enumerate() {
            rows.resize(count * row_bytes, 0);
            fill(&mut source, &mut rows).await?;
            self.backend.write_cache(layer, &rows)?;
        }
        self.resident = tokens;
        Ok(())
    }

    fn head(&self, tokens: &[u32]) -> Vec<u8> {
        let mut head = MARK.to_vec();
        head.extend(self.identity.to_le_bytes());
        head.extend(self.layout());
        head.extend((tokens.len() as u32).to_le_bytes());
        head.extend(tokens.iter().flat_map(|token| token.to_le_bytes()));
        head
    }

    fn layout(&self) -> Vec<u8> {
        let CacheLayout { format, row_bytes } = self.backend.cache_layout();
        // The identity tells models apart, and with them how their layers differ.
        let all: usize = row_bytes.iter().sum();
        let numbers = [format as u32, row_bytes.len() as u32, all as u32];
        numbers.into_iter().flat_map(u32::to_le_bytes).collect()
    }
}

async fn fill(source: &mut impl Source, into: &mut [u8]) -> Result<(), PrefixError> {
    let mut done = 0;
    while done < into.len() {
        match source.read(&mut into[done..]).await.map_err(PrefixError::Io)? {
            0 => return Err(PrefixError::Damaged),
            count => done += count,
        }
    }
    Ok(())
}
