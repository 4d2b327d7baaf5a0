//! What is known of a model file before it is loaded.

use crate::ErrorCode;
use serde::{Deserialize, Serialize};

/// What a file's header says of the model in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ModelFacts {
    /// The file's own name for the model.
    pub name: String,
    /// `general.architecture` of the file.
    pub architecture: String,
    /// Tokens of context that the model was trained for.
    pub context_tokens: u32,
    /// Values in all weights.
    pub parameters: u64,
    /// The block format that most bytes are in.
    pub quantisation: String,
    /// `general.license` of the file, where it has one.
    pub licence: Option<String>,
    /// What it takes of a GPU.
    pub needs: ModelNeeds,
}

/// What a model takes of a GPU, worked out from its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ModelNeeds {
    /// Bytes of weights.
    pub weight_bytes: u64,
    /// Bytes of keys and values for the context that memory is reserved for.
    pub cache_bytes: u64,
    /// Bytes that a step works in, at most.
    pub scratch_bytes: u64,
    /// Bytes of the largest buffer that one kernel sees whole.
    pub largest_binding_bytes: u64,
}

/// What is known of a GPU before anything is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct GpuLimits {
    /// Most bytes that a kernel may see of one buffer.
    pub binding_bytes: u64,
    /// The machine's memory as the browser tells it, which is rounded and never more than a few GiB; none where it does not tell.
    pub memory_bytes: Option<u64>,
}

/// Whether a model fits a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// It takes no more than half of the memory that there is.
    Fits,
    /// It takes more than that. No browser tells how much memory a GPU has.
    MayNot,
    /// It needs more than a limit of the adapter allows: it cannot be loaded.
    DoesNot,
}

/// A model whose files have come whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct FileReport {
    /// SHA-256 of each file, in lower-case hexadecimal.
    pub sha256: Vec<String>,
    /// What the header says.
    pub facts: ModelFacts,
}

/// Why a file is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct FileRefusal {
    /// The cause.
    pub code: ErrorCode,
    /// The particulars, in English.
    pub message: String,
}
