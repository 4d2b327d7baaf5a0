//! How fast the engine is: what to measure, and what came of it.

use crate::AdapterInfo;
use serde::{Deserialize, Serialize};

/// What to measure, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BenchOptions {
    /// Tokens of each prompt; at least 1.
    pub prompt_tokens: u32,
    /// Tokens to write after each prompt; at least 2.
    pub generated_tokens: u32,
    /// How often everything is measured; at least 1. A first run comes before, and does not count.
    pub runs: u32,
    /// Also measure writing with so many tokens in the context, beside writing with one; 0 does not.
    pub depth_tokens: u32,
    /// Also measure reading so many tokens, and again with the last 40 of them replaced; at least 41, and 0 does not.
    pub again_tokens: u32,
}

/// What was measured, and on what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BenchReport {
    /// Sotto's version.
    pub version: String,
    /// What the engine was compiled for: `linux x86_64`, or `browser wasm32`.
    pub system: String,
    /// What it ran on.
    pub adapter: AdapterInfo,
    /// The driver and its version; empty in a browser.
    pub driver: String,
    /// The model that ran.
    pub model: BenchModel,
    /// Seconds from the request for the file to a model that answers.
    pub load_seconds: f64,
    /// What most of these were spent on.
    pub load: LoadTimes,
    /// What was measured.
    pub figures: BenchFigures,
}

/// The stages of a load, one after the other. In a browser the GPU process works beside them, and what it has left to
/// do at the end shows in `ready_seconds`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct LoadTimes {
    /// Seconds to read and check what stands before the weights.
    pub header_seconds: f64,
    /// Seconds to lower the program: kernels handed to the compiler, memory reserved.
    pub prepare_seconds: f64,
    /// Seconds to build the tokenizer and the chat template.
    pub tokenizer_seconds: f64,
    /// Seconds to read the weights, repack them, and hand them to the GPU.
    pub weights_seconds: f64,
    /// Seconds until all was compiled and uploaded, and a first step of each kind had run.
    pub ready_seconds: f64,
}

/// The model that was measured, and what it takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BenchModel {
    /// The file's own name for the model.
    pub name: String,
    /// Tokens of context that memory is reserved for.
    pub context_tokens: u32,
    /// Bytes of weights on the GPU, where there is one.
    pub weight_bytes: Option<u64>,
    /// Kernels dispatched for one token, where there is a GPU.
    pub dispatches_per_token: Option<u32>,
    /// In a browser, bytes of WebAssembly memory at the end. It never shrinks, so this is also the most there was.
    pub heap_bytes: Option<u64>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BenchFigures {
    /// Tokens of each prompt.
    pub prompt_tokens: u32,
    /// Tokens written after each.
    pub generated_tokens: u32,
    /// Seconds to the very first token, of the run that does not count: kernels are compiled in it.
    pub cold_first_token_seconds: f64,
    /// Every run that counts.
    pub runs: Vec<BenchRun>,
    /// The median of each figure over the runs.
    pub median: BenchRun,
    /// How long a stop can go unheard.
    pub stop: BenchStop,
    /// What a full context costs, where it was measured.
    pub depth: Option<BenchDepth>,
    /// What a prompt costs that begins as the last one did, where it was measured.
    pub again: Option<BenchAgain>,
}

/// One run, or the median of several.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BenchRun {
    /// Seconds from the prompt to the first token.
    pub first_token_seconds: f64,
    /// Tokens of the prompt, by these seconds.
    pub prefill_tokens_per_second: f64,
    /// Tokens written after the first, by the seconds from the first to the last.
    pub decode_tokens_per_second: f64,
}

/// Longest time in any run between two moments at which the engine hears of a stop. Whoever asks for the stop has its end
/// event at once; the GPU is free that much later at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BenchStop {
    /// While a prompt is read, in seconds.
    pub reading_seconds: f64,
    /// While text is written, in seconds.
    pub writing_seconds: f64,
}

/// Writing with a long text in the context; medians.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BenchDepth {
    /// Tokens in the context.
    pub tokens: u32,
    /// Tokens a second with one token in the context.
    pub empty_tokens_per_second: f64,
    /// Tokens a second with `tokens` in the context.
    pub deep_tokens_per_second: f64,
    /// The second by the first.
    pub ratio: f64,
}

/// Reading a prompt whose beginning is in the context; medians.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BenchAgain {
    /// Tokens of the prompt.
    pub tokens: u32,
    /// Tokens at its end that were replaced.
    pub replaced_tokens: u32,
    /// Seconds to the first token when nothing of it was there.
    pub fresh_seconds: f64,
    /// Seconds to the first token when only the end had to be read.
    pub again_seconds: f64,
    /// The first by the second.
    pub ratio: f64,
}
