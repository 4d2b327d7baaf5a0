//! What the model is told. Short and plain: it is written for models of a few hundred million parameters.
//!
//! Summary and chat share their beginning to the byte: the same system message, and a first user message that begins with the
//! page's text. The task stands after the text, so that the engine's cache of the page serves the summary, another shape of it,
//! the question and the follow-up. What each wording was chosen over: docs/decisions/prompts-for-a-small-model.md.

use protocol::{Length, SummaryType, Tone, Turn};
use text::{Message, Options, Role, Sampling};

/// Standing order of summary and chat.
const PAGE_SYSTEM: &str = "You are a helpful assistant.";
/// Task for key points. It names no number: a small model that is told one repeats itself to reach it.
const KEY_POINTS: &str = "Write the main facts of each paragraph above as a bullet list.";
/// Standing order of rewrites.
const REWRITE_SYSTEM: &str = "You rewrite text. You keep its meaning.";

/// A summary's task and limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// What is asked, after the text.
    pub task: &'static str,
    /// Most sentences, or lines of a list.
    pub sentences: usize,
    /// The result is a list.
    pub list: bool,
    /// Limits of the generation.
    pub options: Options,
}

/// What to ask for a summary of this type and length.
pub fn shape(summary_type: SummaryType, length: Length) -> Shape {
    use Length::{Long, Medium, Short};
    use SummaryType::{Headline, KeyPoints, Teaser, Tldr};
    let (task, sentences, max_tokens) = match (summary_type, length) {
        (KeyPoints, Short) => (KEY_POINTS, 3, 130),
        (KeyPoints, Medium) => (KEY_POINTS, 5, 210),
        (KeyPoints, Long) => (KEY_POINTS, 7, 290),
        (Tldr, Short) => ("Summarize the text above in one sentence.", 1, 60),
        (Tldr, Medium) => ("Summarize the text above in three sentences.", 3, 140),
        (Tldr, Long) => ("Summarize the text above in five sentences.", 5, 220),
        (Teaser, Short) => ("Write one sentence that makes people want to read the text above.", 1, 60),
        (Teaser, Medium) => ("Write two sentences that make people want to read the text above.", 2, 110),
        (Teaser, Long) => ("Write three sentences that make people want to read the text above.", 3, 160),
        (Headline, Short) => ("Write a headline of at most 12 words for the text above.", 1, 30),
        (Headline, Medium) => ("Write a headline of at most 17 words for the text above.", 1, 40),
        (Headline, Long) => ("Write a headline of at most 22 words for the text above.", 1, 50),
    };
    Shape { task, sentences, list: summary_type == KeyPoints, options: greedy(max_tokens) }
}

/// What to ask for each part of a text that is read in parts. It is the same whatever the summary's shape.
pub fn notes() -> Shape {
    Shape { task: KEY_POINTS, sentences: 4, list: true, options: greedy(160) }
}

/// Limits of an answer in a conversation.
pub fn chat_options() -> Options {
    greedy(200)
}

fn greedy(max_tokens: u32) -> Options {
    Options { max_tokens, sampling: Sampling::GREEDY, ignore_stop: false }
}

/// The conversation for a summary of `page`.
pub fn summary(page: &str, task: &str) -> Vec<Message> {
    vec![message(Role::System, PAGE_SYSTEM), message(Role::User, format!("{page}\n\n{task}"))]
}

/// The conversation for an answer to the last of `turns`, about `page` where there is one.
pub fn chat(page: Option<&str>, turns: &[Turn]) -> Vec<Message> {
    let mut messages = vec![message(Role::System, PAGE_SYSTEM)];
    for (place, turn) in turns.iter().enumerate() {
        let text = turn.text.trim();
        messages.push(match (turn.role, page) {
            (protocol::Role::Assistant, _) => message(Role::Assistant, text),
            (protocol::Role::User, Some(page)) if place == 0 => {
                message(Role::User, format!("{page}\n\n{}", question(text)))
            }
            (protocol::Role::User, Some(_)) => message(Role::User, question(text)),
            (protocol::Role::User, None) => message(Role::User, text),
        });
    }
    messages
}

/// A question as it is asked about a text.
fn question(text: &str) -> String {
    format!("Question: {text}\nAnswer from the text above, in one sentence.")
}

/// The conversation for a rewrite of `text`: two examples, as turns that have been, then the text.
pub fn rewrite(text: &str, tone: Tone) -> Vec<Message> {
    let (order, examples) = rewrite_examples(tone);
    let mut messages = vec![message(Role::System, REWRITE_SYSTEM)];
    for (before, after) in examples {
        messages.push(message(Role::User, format!("{order}\n\n{before}")));
        messages.push(message(Role::Assistant, *after));
    }
    messages.push(message(Role::User, format!("{order}\n\n{text}")));
    messages
}

/// Limits of the rewrite of a text of `tokens` tokens: half as many again, and a few.
pub fn rewrite_options(tokens: u32, tone: Tone) -> Options {
    let room = match tone {
        Tone::Shorter | Tone::Proofread => tokens / 4,
        Tone::AsIs | Tone::MoreFormal | Tone::MoreCasual => tokens / 2,
    };
    greedy(tokens.saturating_add(room).saturating_add(24))
}

/// An order, and what it made of two texts.
fn rewrite_examples(tone: Tone) -> (&'static str, &'static [(&'static str, &'static str)]) {
    match tone {
        Tone::AsIs => (
            "Say this in other words:",
            &[
                (
                    "The heating in room 4 is broken again and it is freezing. Can someone fix it today?",
                    "Room 4's heating has failed again, and it is very cold in there. Could somebody repair it today?",
                ),
                (
                    "Sorry I missed your call yesterday, I was on a train. Call me whenever you like.",
                    "I was on a train yesterday, so I could not answer your call. Sorry! Ring me any time.",
                ),
            ],
        ),
        Tone::MoreFormal => (
            "Rewrite this text in a formal, polite style:",
            &[
                (
                    "hi, the heating in room 4 is broken again and its freezing. can someone fix it today? cheers",
                    "Good morning. The heating in room 4 is broken again, and the room is very cold. Could someone please repair it today? Thank you.",
                ),
                (
                    "hey tom, sorry i missed ur call yesterday, i was on a train. whats up? call me whenever",
                    "Dear Tom, I apologise for missing your call yesterday; I was on a train. How may I help you? Please call me at any time that suits you.",
                ),
            ],
        ),
        Tone::MoreCasual => (
            "Rewrite this text in a casual, friendly style:",
            &[
                (
                    "We regret to inform you that the picnic on Sunday has been cancelled owing to the weather.",
                    "Bad news: the picnic on Sunday is off because of the weather.",
                ),
                (
                    "I would be grateful if you could return the book that I lent you at your earliest convenience.",
                    "Could you give me back the book I lent you when you get a chance? Thanks!",
                ),
            ],
        ),
        Tone::Shorter => (
            "Make this text shorter:",
            &[
                (
                    "I am writing to you today in order to ask whether it would be possible for you to send me the photos that you took at the party on Friday.",
                    "Could you send me the photos you took at the party on Friday?",
                ),
                (
                    "Due to the fact that the lift is out of order at the moment, everybody will need to use the stairs until such time as it has been repaired.",
                    "The lift is broken, so please use the stairs until it is repaired.",
                ),
            ],
        ),
        Tone::Proofread => (
            "Correct the spelling and grammar of this text:",
            &[
                (
                    "he dont know were the keys is, i think there in the kichen",
                    "He doesn't know where the keys are. I think they're in the kitchen.",
                ),
                (
                    "Thanks for you're help yesterday, it realy made a diference to all of us",
                    "Thanks for your help yesterday. It really made a difference to all of us.",
                ),
            ],
        ),
    }
}

fn message(role: Role, content: impl Into<String>) -> Message {
    Message { role, content: content.into() }
}
