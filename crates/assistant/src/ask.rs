//! One question to the model, and all that it answers.

use crate::{
    clean::Unwrap,
    draft::{Draft, Step, Stop},
    failure::Failure,
    run::{reason, stats},
};
use protocol::{EndReason, Stats};
use text::{Cancel, Flow, Generate, Message, Options, Progress};

/// What the model answered.
#[derive(Debug)]
pub struct Answer {
    /// Without the wrapping that small models put around it.
    pub text: String,
    /// Why it ended.
    pub reason: EndReason,
    /// What it cost.
    pub stats: Stats,
}

/// What is heard before the answer is whole.
#[derive(Debug)]
pub enum Heard {
    /// Tokens of the prompt read so far, and in all.
    Reading(u32, u32),
    /// More of the text.
    Step(Step),
}

/// Lets the model answer `messages`. What repeats itself is cut, and so is what follows `sentences` sentences.
///
/// # Errors
/// When the model fails.
pub async fn ask<G: Generate>(
    model: &mut G,
    messages: &[Message],
    options: &Options,
    sentences: usize,
    mut filter: Unwrap,
    cancel: &Cancel,
    hear: &mut dyn FnMut(Heard),
) -> Result<Answer, Failure> {
    let mut draft = Draft::new(sentences);
    let mut stop: Option<Stop> = None;
    if cancel.is_cancelled() {
        return Ok(Answer { text: String::new(), reason: EndReason::Cancelled, stats: Stats::default() });
    }
    let outcome = {
        let mut listener = |progress: Progress<'_>| match progress {
            Progress::Reading { done, total } => {
                hear(Heard::Reading(done, total));
                Flow::Continue
            }
            Progress::Text(more) => {
                let step = draft.push(&filter.push(more));
                stop = stop.or(step.stop);
                hear(Heard::Step(step));
                if stop.is_some() { Flow::Stop } else { Flow::Continue }
            }
        };
        model.generate(messages, options, cancel, &mut listener).await
    }?;
    for step in [draft.push(&filter.finish()), draft.finish()] {
        stop = stop.or(step.stop);
        hear(Heard::Step(step));
    }
    Ok(Answer { text: draft.shown().to_owned(), reason: reason(&outcome, stop), stats: stats(&outcome) })
}

/// Lets the model answer `messages`, and takes what it says as it is: code repeats itself, and its white space counts.
///
/// # Errors
/// When the model fails.
pub async fn ask_verbatim<G: Generate>(
    model: &mut G,
    messages: &[Message],
    options: &Options,
    cancel: &Cancel,
    hear_reading: &mut dyn FnMut(u32, u32),
) -> Result<Answer, Failure> {
    let mut text = String::new();
    if cancel.is_cancelled() {
        return Ok(Answer { text, reason: EndReason::Cancelled, stats: Stats::default() });
    }
    let outcome = {
        let mut listener = |progress: Progress<'_>| {
            match progress {
                Progress::Reading { done, total } => hear_reading(done, total),
                Progress::Text(more) => text.push_str(more),
            }
            Flow::Continue
        };
        model.generate(messages, options, cancel, &mut listener).await
    }?;
    Ok(Answer { text, reason: reason(&outcome, None), stats: stats(&outcome) })
}

/// Adds what one answer cost to what the ones before it did.
pub fn add(total: &mut Stats, more: Stats) {
    if total.prompt_tokens == 0 {
        total.first_token_seconds = more.first_token_seconds;
    } else {
        total.decode_seconds += more.first_token_seconds;
    }
    total.prompt_tokens += more.prompt_tokens;
    total.reused_tokens += more.reused_tokens;
    total.generated_tokens += more.generated_tokens;
    total.decode_seconds += more.decode_seconds;
}
