//! Reading a file from front to back, without ever holding it whole.

use crate::{GgufError, Header, TensorInfo, input::Input, parse, split::Joined};
use std::io::{Cursor, Read};

/// Bytes from front to back.
#[allow(async_fn_in_trait)] // Single-threaded by design.
pub trait Source {
    /// Fills the front of `into` and says how many bytes; 0 is the end.
    ///
    /// # Errors
    /// A sentence that says what failed.
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String>;

    /// Bytes of the whole file, if known: then a file that is cut short is refused before it is read.
    fn total_bytes(&self) -> Option<u64> {
        None
    }
}

/// A file in memory.
impl<T: AsRef<[u8]>> Source for Cursor<T> {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        Read::read(self, into).map_err(|error| error.to_string())
    }

    fn total_bytes(&self) -> Option<u64> {
        Some(self.get_ref().as_ref().len() as u64)
    }
}

/// A GGUF file being read, or several that are its parts: the header is known, the tensor data comes next.
pub struct Reader<S> {
    parts: Vec<Part<S>>,
    header: Header,
}

/// One file.
struct Part<S> {
    input: Input<S>,
    data_offset: u64,
    /// How many.
    tensors: usize,
}

impl<S: Source> Reader<S> {
    /// Reads and checks the header. Refuses a header that would take more than about 64 MiB of memory.
    ///
    /// # Errors
    /// See [`GgufError`]; every file that is not sound gives one.
    pub async fn open(source: S) -> Result<Self, GgufError> {
        Self::open_parts(vec![source]).await
    }

    /// The same for a model that was split into several files, in their order.
    ///
    /// # Errors
    /// Also [`GgufError::Parts`] where they are not the parts of one model, and all of them.
    pub async fn open_parts(sources: Vec<S>) -> Result<Self, GgufError> {
        let mut joined = Joined::new(sources.len());
        let mut parts = Vec::with_capacity(sources.len());
        for source in sources {
            let mut input = Input::new(source);
            let header = parse::header(&mut input).await?;
            let (data_offset, tensors) = (header.data_offset, header.tensors.len());
            joined.add(header)?;
            parts.push(Part { input, data_offset, tensors });
        }
        Ok(Self { parts, header: joined.whole()? })
    }

    /// What stands before the tensor data: of parts, the first's metadata without what tells parts apart, and
    /// all their tensors.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Reads all tensors in the order of their data and gives the header back.
    ///
    /// `each(tensor, first_block, bytes)` is called with consecutive chunks of one tensor after the other:
    /// `bytes` is an even number of blocks, unless they are the tensor's last, at most `chunk_bytes` of them (but
    /// at least two blocks), of which the first is the tensor's block `first_block`. All chunks come in the same
    /// buffer, whose size is `chunk_bytes`. Nothing more is read until `each` has finished, so that an uploader can wait in it.
    ///
    /// # Errors
    /// [`GgufError::Io`] and [`GgufError::Truncated`]; and what `each` fails with.
    pub async fn read_tensors<E: From<GgufError>>(
        mut self,
        chunk_bytes: usize,
        mut each: impl AsyncFnMut(&TensorInfo, u64, &[u8]) -> Result<(), E>,
    ) -> Result<Header, E> {
        let mut buffer = Vec::new();
        let mut rest = self.header.tensors.as_slice();
        for Part { input, data_offset, tensors } in &mut self.parts {
            let here;
            (here, rest) = rest.split_at(*tensors);
            for tensor in here {
                input.skip(*data_offset + tensor.offset - input.position()).await?;
                let block_bytes = tensor.format.block_bytes();
                let blocks_a_chunk = (chunk_bytes / block_bytes / 2 * 2).max(2);
                let blocks = tensor.bytes / block_bytes as u64;
                let mut first_block = 0;
                while first_block < blocks {
                    let count = (blocks - first_block).min(blocks_a_chunk as u64);
                    let bytes = count as usize * block_bytes;
                    if buffer.len() < bytes {
                        buffer.resize(bytes, 0);
                    }
                    let chunk = &mut buffer[..bytes];
                    input.exact(chunk).await?;
                    each(tensor, first_block, chunk).await?;
                    first_block += count;
                }
            }
        }
        Ok(self.header)
    }
}
