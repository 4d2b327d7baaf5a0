//! Failures as the extension names them.

use protocol::{ErrorCode, Event, Preferences, RewriteRequest};
use text::GenerateError;

/// Why a job cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A selection without text.
    #[error("The selection holds no text. Select some text and try again.")]
    EmptySelection,
    /// A page without text.
    #[error("This page holds no readable text. Select the text you mean and use the menu on the selection.")]
    EmptyPage,
    /// A field or selection without text to rewrite.
    #[error("There is no text to rewrite. Write something in the field first.")]
    EmptyField,
    /// An instruction that is missing, empty or too long, or one beside another tone.
    #[error(
        "The instruction for the rewrite is missing or too long. Say in at most {} characters what to do with the text.",
        RewriteRequest::LONGEST_INSTRUCTION
    )]
    BadInstruction,
    /// Standing instructions that are too long.
    #[error(
        "The standing instructions are too long. Say in at most {} characters what to mind.",
        Preferences::LONGEST_INSTRUCTIONS
    )]
    LongInstructions,
    /// A conversation that does not end with the user's words.
    #[error("There is no question to answer. Type a question and send it again.")]
    NoQuestion,
    /// Nothing is known of the comments of the code's language.
    #[error("How comments are written in this language is not known. Ask for an explanation instead.")]
    LanguageUnknown,
    /// Nothing that the model added to the code was a comment.
    #[error("The model wrote no comment that leaves the code as it is. Select less code and try again.")]
    NoComments,
    /// Not even the least part of the text fits.
    #[error(
        "The text does not fit the model's context of {0} tokens. Use a shorter text, or a model with a longer context."
    )]
    DoesNotFit(u32),
    /// The model failed.
    #[error("{}", sentence(.0))]
    Model(#[from] GenerateError),
}

impl Failure {
    /// The event that tells it.
    pub fn event(&self) -> Event {
        Event::Failed { code: self.code(), message: self.to_string() }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::EmptySelection | Self::EmptyField => ErrorCode::EmptySelection,
            Self::EmptyPage => ErrorCode::EmptyPage,
            Self::NoQuestion | Self::BadInstruction | Self::LongInstructions => ErrorCode::BadRequest,
            Self::LanguageUnknown => ErrorCode::LanguageUnknown,
            Self::NoComments => ErrorCode::NoComments,
            Self::DoesNotFit(_) => ErrorCode::ContextFull,
            Self::Model(error) => match error {
                GenerateError::ContextFull { .. } => ErrorCode::ContextFull,
                GenerateError::EmptyPrompt => ErrorCode::BadRequest,
                GenerateError::Text(_) => ErrorCode::ModelUnsupported,
                GenerateError::DeviceLost(_) => ErrorCode::GpuLost,
                GenerateError::OutOfMemory(_) => ErrorCode::OutOfMemory,
                GenerateError::Backend(_) => ErrorCode::AdapterWrong,
            },
        }
    }
}

/// What happened and what to do, for a person.
fn sentence(error: &GenerateError) -> String {
    match error {
        GenerateError::ContextFull { prompt, context } => format!(
            "The text takes {prompt} tokens, and the model's context holds {context}. Use a shorter text, or a model with a longer context."
        ),
        GenerateError::EmptyPrompt => {
            "There is nothing to send to the model. Write something first.".to_owned()
        }
        GenerateError::Text(cause) => {
            format!("The model file cannot be used ({cause}). Choose another model.")
        }
        GenerateError::DeviceLost(cause) => {
            format!("The GPU was lost ({cause}). Try again: the model is loaded again first.")
        }
        GenerateError::OutOfMemory(cause) => format!(
            "The GPU ran out of memory ({cause}). Close other programs that use it, or choose a smaller model, then try again."
        ),
        GenerateError::Backend(cause) => format!(
            "The GPU backend failed ({cause}). Try again; if it fails again, restart the browser and update the graphics driver."
        ),
    }
}
