//! Architectures: what a model file's metadata and tensors mean, and the forward pass they describe.
//!
//! One architecture a file; each reads from top to bottom like its paper: configuration, weights, program.

mod error;
mod gemma2;
mod gemma3;
mod granite;
mod keys;
mod layers;
mod lfm2;
mod llama;
mod llama4;
mod olmo2;
mod olmoe;
mod phi2;
mod phi3;
mod qwen2;
mod qwen3;
mod rope;
mod smollm3;
mod tensors;

pub use error::ModelError;

use gguf::Header;
use keys::Sizes;
use ops::{Program, Storage, Tensor};

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
    /// The architectures that there are.
    pub const ARCHITECTURES: [&str; 15] = [
        "llama",
        "llama4",
        "smollm3",
        "qwen2",
        "qwen3",
        "qwen3moe",
        "gemma2",
        "gemma3",
        "phi2",
        "phi3",
        "granite",
        "granitemoe",
        "olmo2",
        "olmoe",
        "lfm2",
    ];

    /// Values in all weights.
    pub fn parameters(&self) -> u64 {
        let values = |tensor: &Tensor| match tensor.storage {
            Storage::Weight { rows, .. } => rows as u64 * tensor.columns as u64,
            Storage::Activation(_) => 0,
        };
        self.program.weights().map(|(_, tensor)| values(tensor)).sum()
    }

    /// Reads a file's header as the architecture that it names, for contexts of at most `positions`: in some architectures
    /// the rotation depends on that.
    ///
    /// # Errors
    /// [`ModelError::UnsupportedArchitecture`] for other architectures; others where keys or tensors are missing, contradict
    /// each other, or are not understood.
    pub fn from_header(header: &Header, positions: usize) -> Result<Self, ModelError> {
        match header.metadata.str("general.architecture")? {
            "llama" => llama::model(header),
            "llama4" => llama4::model(header),
            "smollm3" => smollm3::model(header),
            "qwen2" => qwen2::model(header),
            "qwen3" | "qwen3moe" => qwen3::model(header),
            "gemma2" => gemma2::model(header),
            "gemma3" => gemma3::model(header),
            "phi2" => phi2::model(header),
            "phi3" => phi3::model(header, positions),
            "granite" | "granitemoe" => granite::model(header),
            "olmo2" => olmo2::model(header),
            "olmoe" => olmoe::model(header),
            "lfm2" => lfm2::model(header),
            other => Err(ModelError::UnsupportedArchitecture(other.into())),
        }
    }

    fn new(header: &Header, sizes: &Sizes, program: Program) -> Result<Self, ModelError> {
        let architecture = header.metadata.str("general.architecture")?;
        Ok(Self {
            name: header.metadata.opt_str("general.name")?.unwrap_or(architecture).into(),
            architecture: architecture.into(),
            context: sizes.context,
            vocabulary: sizes.vocabulary,
            program,
        })
    }
}
