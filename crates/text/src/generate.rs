//! What the assistant needs of a language model: tokens in, text out.

use crate::Message;
use std::{cell::Cell, rc::Rc};

/// How the next token is chosen from the model's distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// Divides the logits. 0 takes the most likely token (greedy) and ignores the fields below but the penalty.
    pub temperature: f32,
    /// Keep the `top_k` most likely tokens; 0 keeps all.
    pub top_k: u32,
    /// Keep the smallest set of tokens whose probabilities reach `top_p`; 1 keeps all.
    pub top_p: f32,
    /// Divides positive (multiplies negative) logits of tokens seen in the last 64; 1 does nothing.
    pub repetition_penalty: f32,
    /// The same seed gives the same text.
    pub seed: u64,
}

impl Sampling {
    /// The most likely token at every step.
    pub const GREEDY: Self =
        Self { temperature: 0.0, top_k: 0, top_p: 1.0, repetition_penalty: 1.0, seed: 0 };
}

/// A request's limits and choices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Most tokens to write.
    pub max_tokens: u32,
    /// How to choose them.
    pub sampling: Sampling,
    /// Go on past stop tokens, as if they were text: for measurements, which must all be of one length.
    pub ignore_stop: bool,
}

/// Stops a generation from elsewhere. Clones share the same switch.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Rc<Cell<bool>>);

impl Cancel {
    /// Asks the generation to stop; it does so within one submission to the GPU.
    pub fn cancel(&self) {
        self.0.set(true);
    }

    /// Whether [`Cancel::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.get()
    }
}

/// What a generation reports while it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress<'a> {
    /// `done` of `total` prompt tokens are in the cache.
    Reading {
        /// Tokens read, those resident from before included.
        done: u32,
        /// Tokens of the prompt.
        total: u32,
    },
    /// More text: whole characters only.
    Text(&'a str),
}

/// What the listener wants after a [`Progress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Enough: end here as if the model had stopped.
    Stop,
}

/// Why a generation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// The model wrote a stop token.
    Stop,
    /// `max_tokens` were written.
    Length,
    /// The listener returned [`Flow::Stop`].
    Listener,
    /// [`Cancel::cancel`] was called.
    Cancelled,
}

/// How a generation went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Why it ended.
    pub finish: Finish,
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// Of these, the ones resident from before.
    pub reused_tokens: u32,
    /// Tokens written, a stop token not counted.
    pub generated_tokens: u32,
    /// Seconds to the first token.
    pub first_token_seconds: f64,
    /// Seconds from the first token to the last.
    pub decode_seconds: f64,
}

/// Why a generation failed.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The prompt, and room for an answer, do not fit.
    #[error("the prompt takes {prompt} tokens and the model's context holds {context}; shorten the text")]
    ContextFull {
        /// Tokens of the prompt.
        prompt: u32,
        /// Tokens that fit.
        context: u32,
    },
    /// The prompt was empty.
    #[error("the prompt is empty")]
    EmptyPrompt,
    /// The tokenizer or the chat template failed.
    #[error(transparent)]
    Text(#[from] crate::TextError),
    /// The GPU was lost while the model was working.
    #[error("the GPU was lost ({0}); the model has to be loaded again")]
    DeviceLost(String),
    /// The GPU ran out of memory.
    #[error("the GPU ran out of memory ({0}); close other programs that use it, or choose a smaller model")]
    OutOfMemory(String),
    /// The backend failed in another way.
    #[error("the GPU backend failed: {0}")]
    Backend(String),
}

/// A language model that answers a conversation. The engine's session implements it; the assistant drives it.
#[allow(async_fn_in_trait)] // Single-threaded by design: the browser's GPU objects are not Send.
pub trait Generate {
    /// Tokens that `text` takes, without any template around it.
    fn count_tokens(&self, text: &str) -> u32;

    /// Values in the model's weights.
    fn parameters(&self) -> u64;

    /// Tokens that prompt and answer may take together.
    fn context_tokens(&self) -> u32;

    /// Writes the assistant's next turn after `messages`, calling `listener` on the way.
    ///
    /// The longest common prefix of the prompt's tokens with what is in the cache is not read again: messages
    /// that begin alike cost only where they differ.
    ///
    /// # Errors
    /// See [`GenerateError`]. Text that was already reported stays valid.
    async fn generate(
        &mut self,
        messages: &[Message],
        options: &Options,
        cancel: &Cancel,
        listener: &mut dyn FnMut(Progress<'_>) -> Flow,
    ) -> Result<Outcome, GenerateError>;
}
