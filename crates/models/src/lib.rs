//! Architectures: what a model file's metadata and tensors mean, and the forward pass they describe.
//!
//! One architecture a file; each reads from top to bottom like its paper: configuration, weights, program.

mod error;
mod llama;
mod tensors;

pub use error::ModelError;

use gguf::Header;
use ops::Program;

/// A model that can be run.
#[derive(Clone, Debug)]
pub struct Model {
    /// The file's own name for it, or its architecture's.
    pub name: String,
    /// `general.architecture`.
    pub architecture: String,
    /// Tokens of context that it was trained for.
    pub context: usize,
    /// V.
    pub vocabulary: usize,
    /// The forward pass.
    pub program: Program,
}

impl Model {
    /// Reads a file's header as the architecture that it names.
    ///
    /// # Errors
    /// [`ModelError::UnsupportedArchitecture`] for architectures other than `llama`; others where keys or tensors
    /// are missing, contradict each other, or are not understood.
    pub fn from_header(header: &Header) -> Result<Self, ModelError> {
        match header.metadata.str("general.architecture")? {
            "llama" => llama::model(header),
            other => Err(ModelError::UnsupportedArchitecture(other.into())),
        }
    }
}
