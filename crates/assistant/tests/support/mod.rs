//! A scripted model, and what a job made of it.

use protocol::{Event, Job, Sentence};
use std::cell::RefCell;
use text::{Cancel, Finish, Flow, Generate, GenerateError, Message, Options, Outcome, Progress};

/// Says what it is told to, piece by piece. A token is four bytes of text, begun ones counted.
pub struct Script {
    /// What it says, one piece a token.
    pub pieces: Vec<String>,
    /// Fails with this after the pieces.
    pub error: Option<GenerateError>,
    /// Cancels itself after this many pieces.
    pub cancel_after: Option<usize>,
    /// Its context.
    pub context: u32,
    /// Values in its weights.
    pub parameters: u64,
    /// What it says instead to a last turn whose last paragraph begins so; the first that fits.
    pub answers: Vec<(String, String)>,
    /// The conversations it was asked to go on with.
    pub asked: RefCell<Vec<(Vec<Message>, Options)>>,
}

impl Script {
    /// Says `text` in pieces of a few characters.
    #[allow(dead_code, reason = "not every test file has a script")]
    pub fn new(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let pieces = characters.chunks(3).map(|c| c.iter().collect()).collect();
        Self {
            pieces,
            error: None,
            cancel_after: None,
            context: 2048,
            parameters: u64::MAX,
            answers: Vec::new(),
            asked: RefCell::default(),
        }
    }

    /// The last conversation.
    #[allow(dead_code, reason = "not every test file asks")]
    pub fn last(&self) -> Vec<Message> {
        self.asked.borrow().last().expect("the model was asked").0.clone()
    }
}

impl Generate for Script {
    fn count_tokens(&self, text: &str) -> u32 {
        text.len().div_ceil(4) as u32
    }

    fn parameters(&self) -> u64 {
        self.parameters
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
        self.asked.borrow_mut().push((messages.to_vec(), *options));
        let prompt: u32 = messages.iter().map(|m| self.count_tokens(&m.content) + 4).sum();
        if prompt + options.max_tokens > self.context {
            return Err(GenerateError::ContextFull { prompt, context: self.context });
        }
        listener(Progress::Reading { done: prompt, total: prompt });
        let last = messages.last().map_or("", |m| m.content.as_str());
        let last = last.rsplit("\n\n").next().unwrap_or_default();
        if let Some((_, after)) = self.answers.iter().find(|(before, _)| last.starts_with(before.as_str())) {
            self.pieces = after.chars().collect::<Vec<_>>().chunks(3).map(|c| c.iter().collect()).collect();
        }
        let mut finish =
            if self.pieces.len() > options.max_tokens as usize { Finish::Length } else { Finish::Stop };
        let mut written = 0;
        for piece in self.pieces.iter().take(options.max_tokens as usize) {
            if self.cancel_after == Some(written) {
                cancel.cancel();
            }
            if cancel.is_cancelled() {
                finish = Finish::Cancelled;
                break;
            }
            written += 1;
            if listener(Progress::Text(piece)) == Flow::Stop {
                finish = Finish::Listener;
                break;
            }
        }
        if let Some(error) = self.error.take() {
            return Err(error);
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

/// Runs `job` over `model`, and holds the events to what the protocol promises.
pub fn run<G: Generate>(model: &mut G, job: &Job) -> Vec<Event> {
    let mut events = Vec::new();
    pollster::block_on(assistant::run(model, job, &Cancel::default(), &mut |event| events.push(event)));
    let ends = events.iter().filter(|e| matches!(e, Event::Done { .. } | Event::Failed { .. })).count();
    assert_eq!(ends, 1, "exactly one end: {events:?}");
    assert!(matches!(events.last(), Some(Event::Done { .. } | Event::Failed { .. })), "the end comes last");
    let attempts: Vec<&[Event]> = events.split(|e| matches!(e, Event::Withdrawn { .. })).collect();
    assert!(attempts.len() <= 4, "withdrawn three times at most: {events:?}");
    attempts.into_iter().for_each(check_offsets);
    events
}

/// Holds sentences and flags to the text that they are of.
fn check_offsets(events: &[Event]) {
    let text: Vec<u16> = text(events).encode_utf16().collect();
    let mut at = 0;
    for sentence in sentences(events) {
        assert!(at <= sentence.start && sentence.start < sentence.end, "sentences in order: {sentence:?}");
        at = sentence.end;
        String::from_utf16(&text[sentence.start as usize..at as usize]).expect("whole characters");
        for flag in &sentence.flags {
            let marked = String::from_utf16_lossy(&text[flag.start as usize..flag.end as usize]);
            assert_eq!(marked, flag.text);
        }
    }
}

/// What the model wrote first, whether it was withdrawn or not.
pub fn text(events: &[Event]) -> String {
    first(events)
        .iter()
        .filter_map(|e| if let Event::Text { text } = e { Some(text.as_str()) } else { None })
        .collect()
}

/// The sentences of what the model wrote first.
pub fn sentences(events: &[Event]) -> Vec<Sentence> {
    first(events)
        .iter()
        .filter_map(|e| if let Event::Sentence(s) = e { Some(s.clone()) } else { None })
        .collect()
}

/// What came before a text was withdrawn; everything, if none was.
fn first(events: &[Event]) -> &[Event] {
    events.split(|e| matches!(e, Event::Withdrawn { .. })).next().unwrap_or_default()
}

/// What came after a text was last withdrawn; everything, if none was.
#[allow(dead_code, reason = "not every test file has withdrawals")]
pub fn last(events: &[Event]) -> &[Event] {
    events.split(|e| matches!(e, Event::Withdrawn { .. })).next_back().unwrap_or_default()
}

/// The part of `text` between two UTF-16 offsets.
#[allow(dead_code, reason = "not every test file cuts")]
pub fn cut(text: &str, start: u32, end: u32) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    String::from_utf16(&units[start as usize..end as usize]).expect("whole characters")
}
