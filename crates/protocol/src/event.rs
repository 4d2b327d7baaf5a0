//! What the engine answers.

use crate::{BenchReport, ErrorCode};
use serde::{Deserialize, Serialize};

/// What the worker tells the offscreen document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum WorkerMessage {
    /// The engine's state changed.
    State(EngineState),
    /// Something happened to a request.
    Event(Envelope),
    /// The answer to [`crate::WorkerCommand::SelfTest`].
    SelfTest(SelfTestReport),
    /// The answer to [`crate::WorkerCommand::Bench`].
    Bench(Box<BenchReport>),
    /// The answer to [`crate::WorkerCommand::Bench`] where nothing could be measured.
    BenchFailed {
        /// The particulars, in English.
        message: String,
    },
}

/// What the engine is doing, apart from any request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "state", rename_all = "camelCase")]
pub enum EngineState {
    /// Nothing is loaded.
    Unloaded,
    /// Weights are on their way to the GPU.
    #[serde(rename_all = "camelCase")]
    Loading {
        /// Bytes there so far.
        bytes: u64,
        /// Bytes in all; below 2^53, as every integer here.
        total_bytes: u64,
    },
    /// Kernels are being compiled.
    Compiling {
        /// Kernels ready so far.
        done: u32,
        /// Kernels in all.
        total: u32,
    },
    /// Requests are answered at once.
    Ready {
        /// The model that answers.
        model: ModelInfo,
        /// The GPU that it runs on.
        adapter: AdapterInfo,
    },
    /// The engine cannot run.
    Failed {
        /// The cause.
        code: ErrorCode,
        /// The particulars, in English; the sentence for the user belongs to `code`.
        message: String,
    },
}

/// The loaded model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ModelInfo {
    /// The file's own name for the model.
    pub name: String,
    /// `general.architecture` of the file.
    pub architecture: String,
    /// Tokens of context that memory is reserved for.
    pub context_tokens: u32,
    /// Bytes of weights on the GPU.
    pub weight_bytes: u64,
    /// Bytes of WebAssembly memory after loading. It never shrinks, so this is also the most there was.
    pub heap_bytes: u64,
}

/// The GPU in use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct AdapterInfo {
    /// The adapter's name, as far as the browser tells it.
    pub name: String,
    /// No GPU: the kernels run on the processor, many times slower.
    pub software: bool,
    /// The kernel variants in use.
    pub variants: Vec<String>,
}

/// An [`Event`] with the request it belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The request's id.
    pub id: String,
    /// 0, 1, 2 … within the request.
    pub seq: u32,
    /// What happened.
    pub event: Event,
}

/// What happened to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Event {
    /// Others are answered first.
    Queued {
        /// How many.
        ahead: u32,
    },
    /// The model sees only part of the source, or could read only part of it. Comes before `Text`, and only then.
    #[serde(rename_all = "camelCase")]
    Context {
        /// UTF-16 units of the source that the model sees.
        used_units: u32,
        /// UTF-16 units of the source.
        total_units: u32,
        /// Where these stand in the source, ascending and apart.
        ranges: Vec<SourceRange>,
    },
    /// A source that does not fit the context is read part after part, and what was found is brought together.
    Step {
        /// What begins now.
        kind: StepKind,
        /// Its number among those of its kind, from 1.
        number: u32,
        /// How many of its kind there are.
        of: u32,
    },
    /// The prompt is being read.
    Reading {
        /// Tokens read so far; those resident from before count.
        done: u32,
        /// Tokens in all.
        total: u32,
    },
    /// More text.
    Text {
        /// To be appended to what came before.
        text: String,
    },
    /// A sentence of the text is complete, and this is what it rests on.
    Sentence(Sentence),
    /// The text so far, with its sentences, failed its checks and is withdrawn; what follows stands in its place, from offset 0 on. Of
    /// a summary or an answer about a page; after passages of the source nothing more is withdrawn.
    Withdrawn {
        /// What was wrong with it.
        doubt: Doubt,
        /// What follows.
        instead: Instead,
    },
    /// A rewrite, or code with comments, is complete: how it differs from the original.
    Diff(Diff),
    /// The end.
    Done {
        /// Why it ended.
        reason: EndReason,
        /// What it cost.
        stats: Stats,
    },
    /// The end, for a reason that the user should read.
    Failed {
        /// The cause.
        code: ErrorCode,
        /// The particulars, in English; the sentence for the user belongs to `code`.
        message: String,
    },
}

/// Part of the source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SourceRange {
    /// First unit of it.
    pub start: u32,
    /// One past its last unit.
    pub end: u32,
}

/// What was wrong with a text that was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The source supports less than half of a summary's sentences, or none of an answer's.
    Unsupported,
    /// It repeated itself before half of it was said.
    Repetition,
    /// It is in another language than the source.
    Language,
}

/// What follows a text that was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Instead {
    /// Another text of the model's: it is asked in other words.
    Another,
    /// Key passages of the source, word for word.
    KeyPassages,
    /// The sentences of the source that are nearest to the question, word for word.
    NearestPassages,
}

/// Kinds of [`Event::Step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// A part of the source is read.
    Part,
    /// What the parts said is brought together.
    Merging,
}

/// A sentence of the generated text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Sentence {
    /// First unit of the sentence in the generated text.
    pub start: u32,
    /// One past its last unit.
    pub end: u32,
    /// The passage of the source that supports it; none means that nothing was found.
    pub passage: Option<Passage>,
    /// Numbers, dates, addresses and names in it that the source lacks.
    pub flags: Vec<Flag>,
}

/// A passage of the source text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Passage {
    /// First unit of the passage in the source's text.
    pub start: u32,
    /// One past its last unit.
    pub end: u32,
    /// How well it supports the sentence, 0 to 1.
    pub score: f32,
}

/// A span of generated text that the user should check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Flag {
    /// First unit in the generated text (for a rewrite: in the original, where something was lost).
    pub start: u32,
    /// One past the last unit.
    pub end: u32,
    /// What kind of thing it is.
    pub kind: FlagKind,
    /// The text of the span.
    pub text: String,
}

/// Kinds of [`Flag`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum FlagKind {
    /// A number or an amount.
    Number,
    /// A date or a time.
    Date,
    /// A web or e-mail address.
    Address,
    /// A name.
    Name,
    /// Code.
    Code,
    /// Quoted words.
    Quote,
}

/// How a rewrite differs from its original, word by word, and what to know before it is applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    /// `equal` and `delete` parts joined give the original; `equal` and `insert` parts, the rewrite.
    pub parts: Vec<DiffPart>,
    /// Protected spans of the original that the rewrite changed or lost. Not empty: do not apply without asking.
    pub flags: Vec<Flag>,
    /// Numbers, dates, addresses and names of the rewrite that the original lacks. Not empty: do not apply without asking.
    pub added: Vec<Flag>,
    /// Sentences that did not come through as they should. One that is dropped or invented: do not apply without asking.
    pub notes: Vec<Note>,
    /// Of proofread text, each change by itself, in order; empty for any other rewrite. All of them made give the rewrite.
    pub corrections: Vec<Correction>,
}

/// A sentence to look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// What became of it.
    pub kind: NoteKind,
    /// First unit in the original; in the rewrite for an invented one.
    pub start: u32,
    /// One past the last unit.
    pub end: u32,
    /// The text of the sentence.
    pub text: String,
}

/// Kinds of [`Note`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// The rewrite does not say it any more.
    Dropped,
    /// The original does not say it.
    Invented,
    /// It stands as it was, because what the model made of it lost or changed something.
    Kept,
}

/// One change of proofread text: units `start..end` of the original become `text`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Correction {
    /// First unit in the original.
    pub start: u32,
    /// One past the last unit; `start` where something is only inserted.
    pub end: u32,
    /// What stands there afterwards; may be empty.
    pub text: String,
    /// What was wrong, as far as the two texts tell.
    pub reason: Reason,
    /// What it touches that must not change unasked.
    pub flag: Option<FlagKind>,
    /// Whether it is made unless the user decides otherwise. Never where there is a flag.
    pub suggested: bool,
}

/// Why a [`Correction`] was made. Told from the two texts alone, so that it is never the model's excuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A word with other letters.
    Spelling,
    /// Another form of the same word, or a word that grammar alone asks for.
    Grammar,
    /// Marks alone; the words are the same.
    Punctuation,
    /// Large and small letters alone.
    Capitalisation,
    /// White space alone.
    Spacing,
    /// Another word in the place of one.
    WordChoice,
    /// Other words: why is not clear.
    Wording,
}

/// A part of a [`Diff`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DiffPart {
    /// Whether the text is in both, in the original alone, or in the rewrite alone.
    pub kind: DiffKind,
    /// The text.
    pub text: String,
}

/// Kinds of [`DiffPart`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum DiffKind {
    /// In both.
    Equal,
    /// In the original alone.
    Delete,
    /// In the rewrite alone.
    Insert,
}

/// Why a request ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// The model said all it had to say.
    Complete,
    /// The allowance of tokens was used up; the text may break off.
    Length,
    /// The user stopped it; the text is partial.
    Cancelled,
    /// The text began to repeat itself and was cut there.
    Repetition,
}

/// What a request cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// Of these, the ones that were resident from an earlier request and not read again.
    pub reused_tokens: u32,
    /// Tokens written.
    pub generated_tokens: u32,
    /// Seconds from the start of the work to the first token of text.
    pub first_token_seconds: f64,
    /// Seconds from the first token to the last.
    pub decode_seconds: f64,
}

/// How every kernel fared against its reference on this adapter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SelfTestReport {
    /// The adapter tested.
    pub adapter: AdapterInfo,
    /// One entry a case of the conformance table.
    pub checks: Vec<KernelCheck>,
}

/// One case of the conformance table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct KernelCheck {
    /// The case, as the table names it.
    pub name: String,
    /// Normalised mean squared error against the reference.
    pub error: f64,
    /// The most that the table allows.
    pub bound: f64,
    /// `error` is a number and within `bound`.
    pub passed: bool,
}
