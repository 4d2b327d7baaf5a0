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
    /// Where the tensor data begins in the file, or in the first of its parts, in bytes.
    pub data_offset: u64,
}

impl Header {
    /// The tensor of that name.
    pub fn tensor(&self, name: &str) -> Option<&TensorInfo> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }
}

/// One tensor's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its name, `blk.0.attn_q.weight` and the like.
    pub name: String,
    /// Its dimensions, **outermost first** (the reverse of the file's order): a matrix is `[rows, columns]`.
    /// One to four of them, none of them 0.
    pub shape: Vec<usize>,
    /// How its values are stored.
    pub format: Format,
    /// First byte, counted from where the tensor data begins in its file.
    pub offset: u64,
    /// Bytes of data.
    pub bytes: u64,
}

impl TensorInfo {
    /// Values a row: the innermost dimension, a whole number of the format's blocks.
    pub fn columns(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }

    /// Product of all dimensions but the innermost; 1 for a vector.
    pub fn rows(&self) -> usize {
        self.elements() / self.columns()
    }

    /// Product of all dimensions.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}
