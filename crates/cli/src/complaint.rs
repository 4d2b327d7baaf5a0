//! What a person reads when something failed: one sentence, and what to do.

use anyhow::Error;
use engine::LoadError;
use gguf::GgufError;
use models::ModelError;
use ops::BackendError;
use std::io;
use text::{GenerateError, TextError};

/// Whether `error` only means that the reader of our output is gone.
pub fn is_broken_pipe(error: &Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// `error` and its causes as a sentence, followed by advice where there is any.
pub fn sentence(error: &Error) -> String {
    let what = format!("{error:#}");
    let what = what.trim_end_matches('.');
    match error.chain().find_map(advice) {
        Some(advice) => format!("{what}. {advice}"),
        None => format!("{what}."),
    }
}

fn advice(cause: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    if let Some(error) = cause.downcast_ref::<LoadError>() {
        return match error {
            LoadError::File(error) => file(error),
            LoadError::Model(error) => model(error),
            LoadError::Text(error) => text(error),
            LoadError::Backend(error) => backend(error),
        };
    }
    if let Some(error) = cause.downcast_ref::<GenerateError>() {
        return match error {
            GenerateError::ContextFull { .. } => Some("`--context` reserves more, up to what the model has."),
            GenerateError::Text(error) => text(error),
            GenerateError::Backend(_) => Some(DRIVER),
            GenerateError::EmptyPrompt => Some("Give it some text."),
            GenerateError::DeviceLost(_) | GenerateError::OutOfMemory(_) => None,
        };
    }
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return match error.kind() {
            io::ErrorKind::NotFound => Some("Check the path."),
            io::ErrorKind::PermissionDenied => Some("Check who may read it."),
            _ => None,
        };
    }
    None.or_else(|| cause.downcast_ref().and_then(file))
        .or_else(|| cause.downcast_ref().and_then(model))
        .or_else(|| cause.downcast_ref().and_then(text))
        .or_else(|| cause.downcast_ref().and_then(backend))
}

const OTHER_MODEL: &str = "Choose another model.";
const DAMAGED: &str = "Download it again, or choose another model.";
const DRIVER: &str = "Update the GPU's driver, or use another adapter.";

fn file(error: &GgufError) -> Option<&'static str> {
    Some(match error {
        GgufError::Io(_) => "Check the disk, and who may read the file.",
        GgufError::NotGguf => "Choose a model in the GGUF format.",
        GgufError::UnsupportedVersion(_) | GgufError::UnsupportedFormat { .. } => OTHER_MODEL,
        GgufError::PartAlone { .. } => {
            "Name the first of them, with the others beside it under the names they had: NAME-00001-of-00002.gguf and so on."
        }
        GgufError::Truncated(_)
        | GgufError::Parts(_)
        | GgufError::Corrupt(_)
        | GgufError::MissingKey(_)
        | GgufError::WrongType { .. } => DAMAGED,
    })
}

fn model(error: &ModelError) -> Option<&'static str> {
    match error {
        ModelError::File(error) => file(error),
        ModelError::UnsupportedArchitecture(_) | ModelError::UnsupportedFeature(_) => Some(OTHER_MODEL),
        ModelError::MissingTensor(_)
        | ModelError::WrongShape { .. }
        | ModelError::BadConfig(_)
        | ModelError::Program(_) => Some(DAMAGED),
    }
}

fn text(error: &TextError) -> Option<&'static str> {
    match error {
        TextError::Metadata(error) => file(error),
        TextError::BadTokenizer(_) => Some(DAMAGED),
        TextError::UnsupportedTokenizer(_) => Some(OTHER_MODEL),
        TextError::NoChatTemplate | TextError::Template(_) => {
            Some("Choose a model made for conversations, or continue text with `sotto run`.")
        }
    }
}

fn backend(error: &BackendError) -> Option<&'static str> {
    Some(match error {
        BackendError::DeviceLost(_) => "Run it again.",
        BackendError::OutOfMemory(_) | BackendError::TooSmall(_) => {
            "Choose a smaller model, or a shorter `--context`."
        }
        BackendError::UnsupportedCache(_) => "Leave `--cache` out: floats suit every model.",
        BackendError::NoAdapter(_) | BackendError::Refused(_) => {
            "Install or update a Vulkan driver (Debian has a software one, mesa-vulkan-drivers), or use \
             `--backend reference`."
        }
    })
}
