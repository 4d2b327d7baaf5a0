//! What a surface asks of the engine.

use crate::BenchOptions;
use serde::{Deserialize, Serialize};

/// What the offscreen document tells the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum WorkerCommand {
    /// Find the adapter, load the model, and report [`crate::EngineState`] on the way.
    Start(WorkerOptions),
    /// Queue a job.
    Request(Request),
    /// End a job: its `done` event follows at once, marked as cancelled.
    Cancel {
        /// The request's id.
        id: String,
    },
    /// Give the GPU memory back. The next request loads the model again.
    Unload,
    /// Run every kernel against its reference on this adapter; answered by [`crate::WorkerMessage::SelfTest`].
    SelfTest,
    /// Load the model unless it is there, and measure it; answered by [`crate::WorkerMessage::Bench`] or
    /// [`crate::WorkerMessage::BenchFailed`].
    Bench(BenchOptions),
}

/// Where the model is and how to run it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct WorkerOptions {
    /// The model's GGUF file.
    pub model: ModelFile,
    /// Most tokens of context to reserve memory for; the model's own limit applies too.
    pub context_tokens: u32,
    /// How keys and values are kept in GPU memory.
    pub cache: CacheFormat,
    /// Whether pages that were read may be put aside on the disk, as long as the worker lives.
    pub keep_prefixes: bool,
}

/// How a cache keeps keys and values.
#[allow(non_camel_case_types)] // The name is ggml's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CacheFormat {
    /// As floats.
    #[serde(rename = "f32")]
    F32,
    /// In 8 bits each, with a scale for every 32: about a quarter of the memory, and not quite as exact. Models whose
    /// heads are no multiple of 32 wide do not load.
    #[serde(rename = "q8_0")]
    Q8_0,
}

/// Where a model lies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "in", rename_all = "camelCase")]
pub enum ModelFile {
    /// In the extension's own package.
    Package {
        /// Its address.
        url: String,
    },
    /// In the extension's private file system, in the folder `models`: imported or downloaded.
    Storage {
        /// Their names there, in the order of the parts: one, unless the model is split over several files.
        names: Vec<String>,
    },
}

/// One job for the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// Chosen by the surface, unique among its requests (a UUID).
    pub id: String,
    /// What to do.
    pub job: Job,
}

/// What the engine can be asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Job {
    /// Summarise a page or a selection.
    Summarize(SummarizeRequest),
    /// Answer a question, about a page where one is attached.
    Chat(ChatRequest),
    /// Rewrite the text of a form field or a selection.
    Rewrite(RewriteRequest),
    /// Explain selected code, or add comments to it.
    Explain(ExplainRequest),
}

/// Text that the user's gesture handed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Whether this is a whole page or a part that the user selected.
    pub kind: SourceKind,
    /// The page's title; may be empty.
    pub title: String,
    /// The text itself. Passages are offsets into it.
    pub text: String,
    /// BCP 47 tag that the page declares, where it does.
    pub language: Option<String>,
    /// What is known of the code that the text is; none for prose.
    pub code: Option<Code>,
}

/// Code on a page or in an editor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Code {
    /// The programming language as the page names it, such as `rust` or `js`; none where it does not.
    pub language: Option<String>,
}

/// Where a [`Source`] came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// The readable text of the page.
    Page,
    /// The user's selection.
    Selection,
}

/// Asks for a summary of `source`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SummarizeRequest {
    /// What to summarise.
    pub source: Source,
    /// The summary's shape.
    pub summary_type: SummaryType,
    /// The summary's length.
    pub length: Length,
    /// What the user wants of every answer.
    pub preferences: Preferences,
}

/// Shapes of a summary, named as in the web's Summarizer API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum SummaryType {
    /// A bullet list of the most important points.
    KeyPoints,
    /// A short overview for a busy reader.
    Tldr,
    /// The most interesting part, to draw a reader in.
    Teaser,
    /// One line.
    Headline,
}

/// Lengths of a summary, named as in the web's Summarizer API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// 3 points, 1 sentence, or 12 words.
    Short,
    /// 5 points, 3 sentences, or 17 words.
    Medium,
    /// 7 points, 5 sentences, or 22 words.
    Long,
}

/// Asks for the next turn of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ChatRequest {
    /// The page that the conversation is about.
    pub source: Option<Source>,
    /// All turns so far, oldest first; the last one is the user's.
    pub turns: Vec<Turn>,
    /// What the user wants of every answer.
    pub preferences: Preferences,
}

/// What the user wants of every summary and answer, as the settings have it. Rewrites keep the language of their text, and have
/// instructions of their own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// The language to answer in; none: that of the page, or of the question.
    pub language: Option<AnswerLanguage>,
    /// What to mind, in the user's own words, at most [`Preferences::LONGEST_INSTRUCTIONS`] UTF-16 units.
    pub instructions: Option<String>,
}

impl Preferences {
    /// Longest instructions, in UTF-16 units.
    pub const LONGEST_INSTRUCTIONS: u32 = 500;
}

/// Languages that answers can be asked for in, by their BCP 47 tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[allow(missing_docs, reason = "their names say it")]
pub enum AnswerLanguage {
    #[serde(rename = "ar")]
    Arabic,
    #[serde(rename = "cs")]
    Czech,
    #[serde(rename = "da")]
    Danish,
    #[serde(rename = "de")]
    German,
    #[serde(rename = "el")]
    Greek,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "es")]
    Spanish,
    #[serde(rename = "fi")]
    Finnish,
    #[serde(rename = "fr")]
    French,
    #[serde(rename = "he")]
    Hebrew,
    #[serde(rename = "hi")]
    Hindi,
    #[serde(rename = "hu")]
    Hungarian,
    #[serde(rename = "id")]
    Indonesian,
    #[serde(rename = "it")]
    Italian,
    #[serde(rename = "ja")]
    Japanese,
    #[serde(rename = "ko")]
    Korean,
    #[serde(rename = "nb")]
    Norwegian,
    #[serde(rename = "nl")]
    Dutch,
    #[serde(rename = "pl")]
    Polish,
    #[serde(rename = "pt")]
    Portuguese,
    #[serde(rename = "ro")]
    Romanian,
    #[serde(rename = "ru")]
    Russian,
    #[serde(rename = "sv")]
    Swedish,
    #[serde(rename = "tr")]
    Turkish,
    #[serde(rename = "uk")]
    Ukrainian,
    #[serde(rename = "vi")]
    Vietnamese,
    #[serde(rename = "zh-Hans")]
    SimplifiedChinese,
    #[serde(rename = "zh-Hant")]
    TraditionalChinese,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Turn {
    /// Who spoke.
    pub role: Role,
    /// What was said.
    pub text: String,
}

/// Who speaks in a [`Turn`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// Asks for another wording of `text`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RewriteRequest {
    /// What the field holds. It is data: whatever it says, the model is told to rewrite it.
    pub text: String,
    /// How to rewrite it.
    pub tone: Tone,
    /// What the user wants, in their own words, at most [`RewriteRequest::LONGEST_INSTRUCTION`] UTF-16 units; with
    /// [`Tone::Own`], and only then.
    pub instruction: Option<String>,
    /// 0 for the likeliest wording; any other number for another one, the same each time.
    pub attempt: u32,
}

impl RewriteRequest {
    /// Longest instruction, in UTF-16 units.
    pub const LONGEST_INSTRUCTION: u32 = 500;
}

/// Ways to rewrite; the first three are named as in the web's Rewriter API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// The same tone in other words.
    AsIs,
    /// As to a superior or a customer.
    MoreFormal,
    /// As to a friend.
    MoreCasual,
    /// Fewer words.
    Shorter,
    /// More words.
    Longer,
    /// Words and sentences that everybody understands.
    Simpler,
    /// A list of points.
    List,
    /// Spelling, grammar and punctuation only.
    Proofread,
    /// As the request's instruction says.
    Own,
}

/// Asks about selected code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ExplainRequest {
    /// The code.
    pub source: Source,
    /// What to do with it.
    pub kind: ExplainKind,
}

/// What can be asked about code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum ExplainKind {
    /// What it does, in prose, with the lines that each sentence is about.
    Explain,
    /// The same code with comment lines in it. Ends with a [`crate::Diff`] that only inserts.
    Comment,
}
