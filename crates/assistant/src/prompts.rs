//! What the model is told for summaries and answers (for rewrites: rewrite/prompts.rs). Short and plain: it is written for models of a few hundred million parameters.
//!
//! Summary and chat share their beginning to the byte: the same system message, and a first user message that begins with the
//! page's text. The task stands after the text, so that the engine's cache of the page serves the summary, another shape of it,
//! the question and the follow-up. The user's standing instructions stand between text and task, and the language closes the
//! task; without them not a byte is there. What each wording was chosen over: docs/decisions/prompts-for-a-small-model.md.

use crate::preferences::{instructions, language};
use protocol::{Length, Preferences, SummaryType, Turn};
use text::{Message, Options, Role, Sampling};

/// Standing order of summary and chat.
const PAGE_SYSTEM: &str = "You are a helpful assistant.";
/// What announces a quotation of the text.
const SAYS: &str = "The text says: ";
/// Longest sentence that is quoted, in bytes.
const LONGEST_QUOTE: usize = 400;
/// Task for key points. It names no number: a small model that is told one repeats itself to reach it.
/// The others are the same in other words: lists fail most.
const KEY_POINTS: &[&str] = &[
    "Write the main facts of each paragraph above as a bullet list.",
    "What are the main points of the text above? Answer with a bullet list.",
    "Write a short list of key points from the text above.",
];

/// A summary's tasks and limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// What is asked, after the text; and what is asked in its place where the answer to that fails its checks, one after the other.
    pub tasks: &'static [&'static str],
    /// Most sentences, or lines of a list.
    pub sentences: usize,
    /// The result is a list.
    pub list: bool,
    /// How many key passages of the text a small model is shown. None for a headline: it would copy a whole sentence.
    pub quotes: usize,
    /// Limits of the generation.
    pub options: Options,
}

/// What to ask for a summary of this type and length.
pub fn shape(summary_type: SummaryType, length: Length) -> Shape {
    use Length::{Long, Medium, Short};
    use SummaryType::{Headline, KeyPoints, Teaser, Tldr};
    let (tasks, sentences, max_tokens): (&[&str], _, _) = match (summary_type, length) {
        (KeyPoints, Short) => (KEY_POINTS, 3, 130),
        (KeyPoints, Medium) => (KEY_POINTS, 5, 210),
        (KeyPoints, Long) => (KEY_POINTS, 7, 290),
        (Tldr, Short) => (
            &[
                "Write a short summary of the text above in one sentence.",
                "What is the text above about? Answer in one sentence.",
            ],
            1,
            60,
        ),
        (Tldr, Medium) => (
            &[
                "Write a short summary of the text above in three sentences.",
                "What is the text above about? Answer in three sentences.",
            ],
            3,
            140,
        ),
        (Tldr, Long) => (
            &[
                "Write a short summary of the text above in five sentences.",
                "What is the text above about? Answer in five sentences.",
            ],
            5,
            220,
        ),
        (Teaser, Short) => (
            &[
                "Introduce the text above to a reader in one sentence.",
                "Write an introduction to the text above in one sentence.",
            ],
            1,
            60,
        ),
        (Teaser, Medium) => (
            &[
                "Introduce the text above to a reader in two sentences.",
                "Write an introduction to the text above in two sentences.",
            ],
            2,
            110,
        ),
        (Teaser, Long) => (
            &[
                "Introduce the text above to a reader in three sentences.",
                "Write an introduction to the text above in three sentences.",
            ],
            3,
            160,
        ),
        (Headline, Short) => (
            &[
                "Write one line of at most 12 words that says what the text above is about.",
                "Write a short title for the text above.",
            ],
            1,
            30,
        ),
        (Headline, Medium) => (
            &[
                "Write one line of at most 17 words that says what the text above is about.",
                "Write a short title for the text above.",
            ],
            1,
            40,
        ),
        (Headline, Long) => (
            &[
                "Write one line of at most 22 words that says what the text above is about.",
                "Write a short title for the text above.",
            ],
            1,
            50,
        ),
    };
    let quotes = if summary_type == Headline { 0 } else { sentences };
    Shape { tasks, sentences, list: summary_type == KeyPoints, quotes, options: greedy(max_tokens) }
}

/// What to ask for each part of a text that is read in parts. It is the same whatever the summary's shape.
pub fn notes() -> Shape {
    Shape { tasks: KEY_POINTS, sentences: 4, list: true, quotes: 4, options: greedy(160) }
}

/// Limits of an answer in a conversation.
pub fn chat_options() -> Options {
    greedy(200)
}

fn greedy(max_tokens: u32) -> Options {
    Options { max_tokens, sampling: Sampling::GREEDY, ignore_stop: false }
}

/// The conversation for a summary of `page`, in the language of that English name where one is given.
pub fn summary(page: &str, task: &str, language: Option<&str>, preferences: &Preferences) -> Vec<Message> {
    let task = match language {
        Some(language) => format!("{task} Write in {language}."),
        None => task.to_owned(),
    };
    vec![message(Role::System, PAGE_SYSTEM), message(Role::User, begin(Some(page), preferences, &task))]
}

/// The conversation for an answer to the last of `turns`, about `page` where there is one.
pub fn chat(page: Option<&str>, turns: &[Turn], preferences: &Preferences) -> Vec<Message> {
    let mut messages = vec![message(Role::System, PAGE_SYSTEM)];
    for (place, turn) in turns.iter().enumerate() {
        let text = turn.text.trim();
        if turn.role == protocol::Role::Assistant {
            messages.push(message(Role::Assistant, text));
            continue;
        }
        let question = question(text, page.is_some(), preferences);
        // Said once: again with every question, the instructions would take the page's room.
        messages.push(message(
            Role::User,
            if place == 0 { begin(page, preferences, &question) } else { question },
        ));
    }
    messages
}

/// A summary's task with sentences of the text written above it. The smallest models copy what is quoted where they would invent:
/// docs/decisions/prompts-for-a-small-model.md has the figures.
pub fn quoting_task<'a>(task: &str, sentences: impl Iterator<Item = &'a str>) -> String {
    let quotes: Vec<&str> = sentences.filter(|quote| quote.len() <= LONGEST_QUOTE).collect();
    if quotes.is_empty() { task.to_owned() } else { format!("{SAYS}{}\n{task}", quotes.join(" ")) }
}

/// `turns` with what the page says nearest to each question written under it, for the same reason.
pub fn quoting<'a>(turns: &[Turn], nearest: impl Fn(&str) -> Option<&'a str>) -> Vec<Turn> {
    let quoting = |turn: &Turn| {
        let question = turn.text.trim();
        let quote = (turn.role == protocol::Role::User).then(|| nearest(question)).flatten();
        match quote.filter(|quote| quote.len() <= LONGEST_QUOTE) {
            Some(quote) => Turn { text: format!("{question}\n{SAYS}{quote}"), ..turn.clone() },
            None => turn.clone(),
        }
    };
    turns.iter().map(quoting).collect()
}

/// The beginning of what the user says: the page, the instructions, and what is asked first.
fn begin(page: Option<&str>, preferences: &Preferences, asked: &str) -> String {
    let parts = [page, instructions(preferences), Some(asked)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// A question as it is asked, about a text or without one.
fn question(text: &str, about_page: bool, preferences: &Preferences) -> String {
    match (about_page, language(preferences)) {
        (true, None) => format!("Question: {text}\nAnswer from the text above, in one sentence."),
        (true, Some(language)) => {
            format!("Question: {text}\nAnswer from the text above, in one sentence, in {language}.")
        }
        (false, None) => text.to_owned(),
        (false, Some(language)) => format!("{text}\nAnswer in {language}."),
    }
}

fn message(role: Role, content: impl Into<String>) -> Message {
    Message { role, content: content.into() }
}
