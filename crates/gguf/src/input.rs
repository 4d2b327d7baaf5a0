//! A source with a small buffer in front of it and a position.

use crate::{GgufError, Source};

const BUFFER_BYTES: usize = 64 << 10;

/// Numbers and strings of a few bytes cost no call of the source each; bulk reads pass the buffer by.
pub(crate) struct Input<S> {
    source: S,
    buffer: Box<[u8]>,
    /// What is buffered and not yet taken.
    start: usize,
    end: usize,
    /// Bytes taken so far.
    position: u64,
}

impl<S: Source> Input<S> {
    pub(crate) fn new(source: S) -> Self {
        Self { source, buffer: vec![0; BUFFER_BYTES].into(), start: 0, end: 0, position: 0 }
    }

    /// Bytes taken so far.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Fails if the source knows that fewer than `bytes` are left, so that promises are not believed first and
    /// found empty later.
    pub(crate) fn expect(&self, bytes: u64) -> Result<(), GgufError> {
        match self.source.total_bytes() {
            Some(total) if bytes > total.saturating_sub(self.position) => Err(GgufError::Truncated(format!(
                "{bytes} more bytes should follow the first {}, but it ends at {total}",
                self.position
            ))),
            _ => Ok(()),
        }
    }

    /// Whether [`Self::expect`] knows what is left.
    pub(crate) fn knows_length(&self) -> bool {
        self.source.total_bytes().is_some()
    }

    /// Fills `into` whole.
    pub(crate) async fn exact(&mut self, into: &mut [u8]) -> Result<(), GgufError> {
        let mut done = 0;
        while done < into.len() {
            let rest = &mut into[done..];
            let count = if self.start < self.end {
                let count = rest.len().min(self.end - self.start);
                rest[..count].copy_from_slice(&self.buffer[self.start..self.start + count]);
                self.start += count;
                count
            } else if rest.len() >= BUFFER_BYTES {
                let count = self.source.read(rest).await.map_err(GgufError::Io)?.min(rest.len());
                if count == 0 {
                    return Err(self.ended());
                }
                count
            } else {
                self.refill().await?;
                0
            };
            done += count;
            self.position += count as u64;
        }
        Ok(())
    }

    /// The next `N` bytes.
    pub(crate) async fn array<const N: usize>(&mut self) -> Result<[u8; N], GgufError> {
        let mut bytes = [0; N];
        self.exact(&mut bytes).await?;
        Ok(bytes)
    }

    /// The next `count` bytes, allocated as they arrive rather than as they are promised.
    pub(crate) async fn vec(&mut self, count: usize) -> Result<Vec<u8>, GgufError> {
        let mut bytes = Vec::new();
        while bytes.len() < count {
            let done = bytes.len();
            bytes.resize(count.min(done + BUFFER_BYTES), 0);
            self.exact(&mut bytes[done..]).await?;
        }
        Ok(bytes)
    }

    /// Passes over `count` bytes.
    pub(crate) async fn skip(&mut self, mut count: u64) -> Result<(), GgufError> {
        while count > 0 {
            if self.start == self.end {
                self.refill().await?;
            }
            let step = count.min((self.end - self.start) as u64);
            self.start += step as usize;
            self.position += step;
            count -= step;
        }
        Ok(())
    }

    async fn refill(&mut self) -> Result<(), GgufError> {
        self.start = 0;
        self.end = 0;
        self.end = self.source.read(&mut self.buffer).await.map_err(GgufError::Io)?.min(BUFFER_BYTES);
        if self.end == 0 { Err(self.ended()) } else { Ok(()) }
    }

    fn ended(&self) -> GgufError {
        GgufError::Truncated(format!("it ends after {} bytes, in the middle of something", self.position))
    }
}
