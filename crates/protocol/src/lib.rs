//! The messages between the extension's surfaces and the engine worker.
//!
//! One request carries one id and is answered by events that carry the same id and a sequence number from 0
//! upwards; exactly one of them, the last, is [`Event::Done`] or [`Event::Failed`]. Everything is JSON.
//! **Offsets count UTF-16 code units**, as strings do in JavaScript, so that the extension uses them as they are.
//!
//! The TypeScript twin of this crate is written by `cargo xtask codegen`.

mod bench;
mod error;
mod event;
mod file;
mod request;

pub use bench::{
    BenchAgain, BenchDepth, BenchFigures, BenchModel, BenchOptions, BenchReport, BenchRun, BenchStop,
    LoadTimes,
};
pub use error::ErrorCode;
pub use event::{
    AdapterInfo, Correction, Diff, DiffKind, DiffPart, Doubt, EndReason, EngineState, Envelope, Event, Flag,
    FlagKind, Instead, KernelCheck, ModelInfo, Note, NoteKind, Passage, Reason, SelfTestReport, Sentence,
    SourceRange, Stats, StepKind, WorkerMessage,
};
pub use file::{FileRefusal, FileReport, Fit, GpuLimits, ModelFacts, ModelNeeds};
pub use request::{
    AnswerLanguage, CacheFormat, ChatRequest, Code, ExplainKind, ExplainRequest, Job, Length, ModelFile,
    Preferences, Request, RewriteRequest, Role, Source, SourceKind, SummarizeRequest, SummaryType, Tone,
    Turn, WorkerCommand, WorkerOptions,
};
