//! The ways a request or the engine can fail. Every code has a sentence for people in the extension's `_locales`.

use serde::{Deserialize, Serialize};

/// A cause that the extension can name and act upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The browser offers no WebGPU.
    NoWebgpu,
    /// The GPU's limits are below what the model needs.
    AdapterTooSmall,
    /// The GPU's kernels give wrong results here (driver fault).
    AdapterWrong,
    /// The GPU was reset or taken away.
    GpuLost,
    /// GPU memory ran out.
    OutOfMemory,
    /// There is no model file where one should be.
    ModelMissing,
    /// The model file is damaged or cut short.
    ModelCorrupt,
    /// The model file uses something that this version does not support.
    ModelUnsupported,
    /// The file is no GGUF file.
    NotAModel,
    /// A model is split over several files, and some were not given.
    PartsMissing,
    /// The model that was to be added is there already.
    ModelPresent,
    /// A download ended before all bytes had come.
    DownloadCut,
    /// The server does not have the file that was to be downloaded.
    DownloadMissing,
    /// What was downloaded is not the file that it should be: its length or its SHA-256 is another.
    DownloadWrong,
    /// The disk has no room for the file.
    DiskFull,
    /// Prompt and answer do not fit the model's context.
    ContextFull,
    /// The selection holds no text.
    EmptySelection,
    /// The selection is prose and no code.
    NotCode,
    /// The page holds no readable text.
    EmptyPage,
    /// The field is gone, or holds something else now.
    FieldGone,
    /// The field must not be read (password, card, one-time code) or cannot be written.
    FieldProtected,
    /// How the code's language writes comments is not known.
    LanguageUnknown,
    /// The model added nothing to the code that could stay.
    NoComments,
    /// The PDF asks for a password.
    PdfLocked,
    /// The PDF holds images of pages and no text.
    PdfWithoutText,
    /// The PDF could not be read again, or is damaged.
    PdfUnreadable,
    /// The browser lets no extension read this page.
    PageForbidden,
    /// The page is a file of this computer, which the extension may not read.
    FileForbidden,
    /// The grant for this page has ended: use the menu, the shortcut or the toolbar button again.
    GrantNeeded,
    /// A message had the wrong form: the parts of the extension are of different versions.
    BadRequest,
}
