//! What stands before the tensor data.

use crate::{Format, Metadata};

/// A parsed and checked header.
#[derive(Clone, Debug)]
pub struct Header {
    /// 2 or 3.
    pub version: u32,
    /// Keys and values.
    pub metadata: Metadata,
    /// The tensors, in the order of their data.
    pub tensors: Vec<TensorInfo>,
    /// Where the tensor data begins in the file, in bytes.
    pub data_offset: u64,
}

/// One tensor's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its name, `blk.0.attn_q.weight` and the like.
    pub name: String,
    /// Its dimensions, **outermost first** (the reverse of the file's order): a matrix is `[rows, columns]`.
    pub shape: Vec<usize>,
    /// How its values are stored.
    pub format: Format,
    /// First byte, counted from [`Header::data_offset`].
    pub offset: u64,
    /// Bytes of data.
    pub bytes: u64,
}
