//! A model that says something of its own to each conversation.

use std::cell::RefCell;
use text::{Cancel, Finish, Flow, Generate, GenerateError, Message, Options, Outcome, Progress};

/// What a [`Reader`] says to the conversation of this number, counted from 0.
pub type Says = dyn Fn(usize, &[Message]) -> Result<String, GenerateError>;

/// Says what `says` tells it to. A token is four bytes of text, begun ones counted.
pub struct Reader {
    /// What it says.
    pub says: Box<Says>,
    /// Its context.
    pub context: u32,
    /// Cancels itself in the conversation of this number, after so many tokens.
    pub cancel_at: Option<(usize, usize)>,
    /// How often it was asked.
    pub count: usize,
    /// Whether it keeps what it was asked.
    pub keeps: bool,
    /// The conversations that it was asked to go on with.
    pub asked: RefCell<Vec<Vec<Message>>>,
}

impl Reader {
    /// A reader with 2048 tokens of context.
    pub fn new(says: impl Fn(usize, &[Message]) -> Result<String, GenerateError> + 'static) -> Self {
        Self {
            says: Box::new(says),
            context: 2048,
            cancel_at: None,
            count: 0,
            keeps: true,
            asked: RefCell::default(),
        }
    }

    /// The texts that it was asked about, without the tasks.
    pub fn texts(&self) -> Vec<String> {
        self.asked.borrow().iter().map(|messages| about(messages).to_owned()).collect()
    }
}

/// The text that a conversation is about, without the task.
pub fn about(messages: &[Message]) -> &str {
    messages[1].content.rsplit_once("\n\n").expect("a text and a task").0
}

impl Generate for Reader {
    fn count_tokens(&self, text: &str) -> u32 {
        text.len().div_ceil(4) as u32
    }

    fn parameters(&self) -> u64 {
        u64::MAX
    }

    fn context_tokens(&self) -> u32 {
        self.context
    }

    async fn generate(
        &mut self,
        messages: &[Message],
        options: &Options,
        cancel: &Cancel,
        listener: &mut dyn FnMut(Progress<'_>) -> Flow,
    ) -> Result<Outcome, GenerateError> {
        let number = self.count;
        self.count += 1;
        if self.keeps {
            self.asked.borrow_mut().push(messages.to_vec());
        }
        let prompt: u32 = messages.iter().map(|m| self.count_tokens(&m.content) + 4).sum();
        assert!(prompt + options.max_tokens <= self.context, "{prompt} tokens were sent");
        let said = (self.says)(number, messages)?;
        listener(Progress::Reading { done: prompt, total: prompt });
        let characters: Vec<char> = said.chars().collect();
        let pieces: Vec<String> = characters.chunks(3).map(|c| c.iter().collect()).collect();
        let mut finish = Finish::Stop;
        let mut written = 0;
        for piece in pieces {
            if self.cancel_at == Some((number, written)) {
                cancel.cancel();
            }
            if cancel.is_cancelled() {
                finish = Finish::Cancelled;
                break;
            }
            if written == options.max_tokens as usize {
                finish = Finish::Length;
                break;
            }
            written += 1;
            if listener(Progress::Text(&piece)) == Flow::Stop {
                finish = Finish::Listener;
                break;
            }
        }
        Ok(Outcome {
            finish,
            prompt_tokens: prompt,
            reused_tokens: 0,
            generated_tokens: written as u32,
            first_token_seconds: 0.5,
            decode_seconds: 1.0,
        })
    }
}

/// Says the first two sentences of what it reads.
pub fn first_two() -> Reader {
    Reader::new(|_, messages| Ok(first(about(messages), 2)))
}

/// The first sentences of `text` as a list.
pub fn first(text: &str, count: usize) -> String {
    let body = text.split_inclusive('.').filter_map(|s| s.trim().rsplit('\n').next().map(str::trim));
    body.filter(|s| s.ends_with('.')).take(count).map(|s| format!("- {s}\n")).collect()
}

/// A page of sections; every sentence has words of its own. A section has about 200 words.
pub fn page(sections: usize) -> String {
    let sentence = |section: usize, line: usize| {
        format!(
            "Keeper{section}x{line} of lighthouse{section} trimmed wick{section}x{line} before night fell."
        )
    };
    (0..sections)
        .map(|section| {
            let paragraph =
                |from: usize| (from..from + 8).map(|l| sentence(section, l)).collect::<Vec<_>>().join(" ");
            let body = [0, 8, 16].map(paragraph).join("\n\n");
            format!("Lighthouse number {section}\n\n{body}\n\n")
        })
        .collect()
}
