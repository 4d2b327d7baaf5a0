//! What can be wrong with a model file.

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GgufError {
    /// The source could not be read.
    #[error("the model file could not be read: {0}")]
    Io(String),
    /// The first four bytes are not `GGUF`.
    #[error("this is not a GGUF file")]
    NotGguf,
    /// A version other than 2 and 3.
    #[error("GGUF version {0} is not supported (2 and 3 are)")]
    UnsupportedVersion(u32),
    /// The file ends before what it promises.
    #[error("the model file is cut short: {0}")]
    Truncated(String),
    /// The file contradicts itself.
    #[error("the model file is damaged: {0}")]
    Corrupt(String),
    /// The file is one of several that belong together.
    #[error("this is part {number} of {count} of a model that was split into several files")]
    PartAlone {
        /// Which of them, from 1.
        number: u64,
        /// How many there are.
        count: u32,
    },
    /// Files that should be the parts of one model are not.
    #[error("the parts of the model do not fit together: {0}")]
    Parts(String),
    /// A tensor's type is not implemented.
    #[error("tensor {tensor} has type {format}, which is not supported")]
    UnsupportedFormat {
        /// The tensor's name.
        tensor: String,
        /// The type's name or number.
        format: String,
    },
    /// A metadata key that is needed is absent.
    #[error("the model file lacks the key {0}")]
    MissingKey(String),
    /// A metadata key has another type than it should.
    #[error("the model file's key {key} should be {expected}")]
    WrongType {
        /// The key.
        key: String,
        /// The type it should have.
        expected: &'static str,
    },
}
