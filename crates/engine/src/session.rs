//! A loaded model with its resident cache.

use crate::{
    pace::Pace,
    speculate::{self, MOST_DRAFTED, Speculation},
};
use models::Model;
use ops::{Backend, BackendError, Choice, Head, Steps};
use protocol::LoadTimes;
use std::rc::Rc;
use text::{
    Cancel, ChatTemplate, Detokenizer, Finish, Flow, Generate, GenerateError, Message, Options, Outcome,
    Progress, Sampling, TextError, Tokenizer,
};

/// Seconds from any fixed moment.
pub type Clock = Rc<dyn Fn() -> f64>;

/// Fewest tokens whose reading tells how quick that is.
const TELLING_TOKENS: usize = 64;

/// A model that answers. One at a time: the cache is its own.
pub struct Session<B> {
    pub(crate) backend: B,
    model: Model,
    tokenizer: Tokenizer,
    template: Result<ChatTemplate, TextError>,
    clock: Clock,
    /// The tokens whose keys and values the cache holds.
    pub(crate) resident: Vec<u32>,
    /// Differs between models, as far as the beginnings of their weights do.
    pub(crate) identity: u64,
    reading: Pace,
    writing: Pace,
    /// Tokens that the backend may have begun already: the next ones to ask for.
    begun: usize,
    speculation: Speculation,
    load_times: LoadTimes,
    /// Seconds that a token of the last prompts took to read; 0 before the first.
    reading_seconds: f64,
}

impl<B: Backend> Session<B> {
    pub(crate) fn new(
        backend: B,
        model: Model,
        tokenizer: Tokenizer,
        template: Result<ChatTemplate, TextError>,
        clock: Clock,
        load_times: LoadTimes,
        identity: u64,
    ) -> Self {
        Self {
            reading: Pace::of_reading(backend.max_step_tokens()),
            backend,
            model,
            tokenizer,
            template,
            clock,
            resident: Vec::new(),
            identity,
            writing: Pace::of_writing(),
            begun: 0,
            speculation: Speculation::default(),
            load_times,
            reading_seconds: 0.0,
        }
    }

    /// Reads tokens that nobody asked for, to find how many make a submission of the right length; then so many, so that the
    /// first prompt is not the first to do so. And finds what it takes to verify a guess.
    pub(crate) async fn find_pace(&mut self) -> Result<(), BackendError> {
        let few = self.reading.tokens();
        let seconds = self.seconds_of_reading(few).await?;
        self.reading.begin(few, seconds);
        let many = self.reading.tokens();
        let seconds = self.seconds_of_reading(many).await?;
        self.reading.observe(many, seconds);
        let before = (self.clock)();
        let guess = (MOST_DRAFTED + 1).min(self.backend.max_head_rows()).min(self.backend.capacity());
        self.backend.verify(0, &vec![0; guess]).await?;
        self.speculation.expect_verified((self.clock)() - before);
        Ok(())
    }

    /// Seconds that it takes to read so many tokens that nobody asked for.
    async fn seconds_of_reading(&mut self, tokens: usize) -> Result<f64, BackendError> {
        let before = (self.clock)();
        self.backend.forward(0, &vec![0; tokens], Head::None).await?;
        Ok((self.clock)() - before)
    }

    /// Seconds that reading so many tokens takes, as far as earlier prompts tell.
    pub fn seconds_to_read(&self, tokens: usize) -> f64 {
        self.reading_seconds * tokens as f64
    }

    /// What the load spent its time on.
    pub fn load_times(&self) -> LoadTimes {
        self.load_times
    }

    /// The clock that it was given.
    pub(crate) fn clock(&self) -> Clock {
        Rc::clone(&self.clock)
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The model's tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// What the model runs on.
    pub fn backend(&self) -> &B {
        &self.backend
    }

    /// What the model ran on, for measurements of its own.
    pub fn into_backend(self) -> B {
        self.backend
    }

    /// Whether greedy decoding speculates, and what came of it.
    pub fn speculation(&mut self) -> &mut Speculation {
        &mut self.speculation
    }

    /// Logits at every position of `tokens`, of which at most `chunk` are read in one step: `each(position, logits)`, in
    /// order, until it says that it is enough.
    ///
    /// # Errors
    /// See [`GenerateError`].
    pub async fn logits(
        &mut self,
        tokens: &[u32],
        chunk: usize,
        mut each: impl FnMut(usize, &[f32]) -> Flow,
    ) -> Result<(), GenerateError> {
        self.check_fit(tokens.len())?;
        self.resident.clear();
        for chunk in tokens.chunks(self.backend.max_head_rows().min(chunk).max(1)) {
            let first = self.resident.len();
            self.read(chunk, Head::All).await?;
            let logits = self.backend.logits().await.map_err(backend_error)?;
            for (i, row) in logits.chunks_exact(self.model.vocabulary).enumerate() {
                if each(first + i, row) == Flow::Stop {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The tokens of `messages` and of the beginning of the answer.
    ///
    /// # Errors
    /// [`GenerateError::Text`] where the model has no template for a conversation, or none for this one.
    pub fn prompt(&self, messages: &[Message]) -> Result<Vec<u32>, GenerateError> {
        match &self.template {
            Ok(template) => Ok(template.encode(&self.tokenizer, messages)?),
            Err(error) => Err(TextError::Template(error.to_string()).into()),
        }
    }

    /// Continues `prompt`, which is used as it is. See [`Generate::generate`].
    ///
    /// # Errors
    /// See [`GenerateError`].
    pub async fn continue_tokens(
        &mut self,
        prompt: &[u32],
        options: &Options,
        cancel: &Cancel,
        listener: &mut dyn FnMut(Progress<'_>) -> Flow,
    ) -> Result<Outcome, GenerateError> {
        let Some(last) = prompt.len().checked_sub(1) else { return Err(GenerateError::EmptyPrompt) };
        self.check_fit(prompt.len() + 1)?;
        let start = (self.clock)();
        // The last token is always read again: its logits are needed.
        let reused = common_prefix(&self.resident, prompt).min(last);
        self.resident.truncate(reused);

        let mut run = Run {
            outcome: Outcome {
                finish: Finish::Length,
                prompt_tokens: prompt.len() as u32,
                reused_tokens: reused as u32,
                generated_tokens: 0,
                first_token_seconds: 0.0,
                decode_seconds: 0.0,
            },
            detokenizer: Detokenizer::after(&self.tokenizer, prompt[last]),
            left: (options.max_tokens as usize).min(self.backend.capacity() - prompt.len()),
            ignore_stop: options.ignore_stop,
            listener,
        };
        let mut choice = choice(options.sampling);
        let mut context = prompt.to_vec();
        // What to run next: the end of the prompt, then the token chosen last.
        let mut next = loop {
            let Flow::Continue = run
                .report(Progress::Reading { done: self.resident.len() as u32, total: prompt.len() as u32 })
            else {
                return Ok(run.finish(Finish::Listener));
            };
            if cancel.is_cancelled() {
                return Ok(run.finish(Finish::Cancelled));
            }
            let rest = &prompt[self.resident.len()..];
            let most = self.reading.tokens();
            if rest.len() <= most {
                break rest.to_vec();
            }
            let before = (self.clock)();
            self.read(&rest[..most], Head::None).await?;
            self.reading.observe(most, (self.clock)() - before);
        };

        let mut picked = self.decode(&next, 1, run.left, &choice).await?;
        let first_token = (self.clock)();
        run.outcome.first_token_seconds = first_token - start;
        if prompt.len() - reused >= TELLING_TOKENS {
            self.reading_seconds = (first_token - start) / (prompt.len() - reused) as f64;
        }
        let finish = 'writing: loop {
            for (&token, is_last) in picked.iter().zip((0..picked.len()).rev().map(|left| left == 0)) {
                if let Some(finish) = run.take(&self.tokenizer, token) {
                    break 'writing finish;
                }
                choice.note(token);
                context.push(token);
                // The others are in the cache already; past a stop they are forgotten again.
                if is_last {
                    next = vec![token];
                } else {
                    self.resident.push(token);
                }
            }
            if cancel.is_cancelled() {
                break Finish::Cancelled;
            }
            // What is begun already would have to be waited for, and thrown away.
            let may_guess = self.begun == 0 && choice.is_greedy();
            let draft = match may_guess && self.speculation.is_worth_it() {
                true => speculate::draft(&context, run.left.saturating_sub(1)),
                false => &[],
            };
            let before = (self.clock)();
            if draft.is_empty() {
                let begun = self.begun > 0;
                let steps = if begun { self.begun } else { self.writing.tokens().min(run.left).max(1) };
                picked = self.decode(&next, steps, run.left, &choice).await?;
                let seconds = (self.clock)() - before;
                self.writing.observe(steps, seconds);
                self.speculation.observe_plain(steps, begun, seconds);
            } else {
                picked = self.verify(&next, draft).await?;
                self.speculation.observe_verified(draft.len(), picked.len(), (self.clock)() - before);
            }
        };
        run.outcome.decode_seconds = (self.clock)() - first_token;
        Ok(run.finish(finish))
    }

    /// The `now` tokens chosen after `tokens`, which come after what is resident; `left` may still be written.
    async fn decode(
        &mut self,
        tokens: &[u32],
        now: usize,
        left: usize,
        choice: &Choice,
    ) -> Result<Vec<u32>, GenerateError> {
        let position = self.resident.len();
        // Where guesses may come next, nothing is begun that they would have to wait for.
        let guesses = choice.is_greedy() && self.speculation.is_worth_it();
        self.begun = if guesses { 0 } else { self.writing.tokens().min(left.saturating_sub(now)) };
        let steps = Steps { now, ahead: self.begun };
        let picked = self.backend.decode(position, tokens, steps, choice).await.map_err(backend_error)?;
        self.resident.extend_from_slice(tokens);
        Ok(picked)
    }

    /// The most likely tokens after `tokens`, as far as `draft` foresaw them, and one more.
    async fn verify(&mut self, tokens: &[u32], draft: &[u32]) -> Result<Vec<u32>, GenerateError> {
        // Whatever was begun before does not go on from here.
        self.begun = 0;
        let batch = [tokens, draft].concat();
        let mut picked = self
            .backend
            .verify(self.resident.len(), &batch)
            .await
            .map_err(backend_error)?
            .split_off(tokens.len() - 1);
        self.resident.extend_from_slice(tokens);
        picked.truncate(common_prefix(&picked, draft) + 1);
        Ok(picked)
    }

    /// Runs `tokens` after what is resident.
    async fn read(&mut self, tokens: &[u32], head: Head) -> Result<(), GenerateError> {
        self.backend.forward(self.resident.len(), tokens, head).await.map_err(backend_error)?;
        self.resident.extend_from_slice(tokens);
        Ok(())
    }

    fn check_fit(&self, tokens: usize) -> Result<(), GenerateError> {
        match tokens <= self.backend.capacity() {
            true => Ok(()),
            false => Err(GenerateError::ContextFull {
                prompt: tokens as u32,
                context: self.backend.capacity() as u32,
            }),
        }
    }
}

impl<B: Backend> Generate for Session<B> {
    fn count_tokens(&self, text: &str) -> u32 {
        self.tokenizer.encode(text, text::Specials::Plain).len() as u32
    }

    fn parameters(&self) -> u64 {
        self.model.parameters()
    }

    fn context_tokens(&self) -> u32 {
        self.backend.capacity() as u32
    }

    async fn generate(
        &mut self,
        messages: &[Message],
        options: &Options,
        cancel: &Cancel,
        listener: &mut dyn FnMut(Progress<'_>) -> Flow,
    ) -> Result<Outcome, GenerateError> {
        let prompt = self.prompt(messages)?;
        self.continue_tokens(&prompt, options, cancel, listener).await
    }
}

/// One generation under way.
struct Run<'l> {
    outcome: Outcome,
    detokenizer: Detokenizer,
    /// Tokens that may still be written.
    left: usize,
    /// Stop tokens count as text.
    ignore_stop: bool,
    listener: &'l mut dyn FnMut(Progress<'_>) -> Flow,
}

impl Run<'_> {
    fn report(&mut self, progress: Progress<'_>) -> Flow {
        (self.listener)(progress)
    }

    /// Takes the next token; says so when it was the last.
    fn take(&mut self, tokenizer: &Tokenizer, token: u32) -> Option<Finish> {
        if !self.ignore_stop && tokenizer.is_stop(token) {
            return Some(Finish::Stop);
        }
        if self.left == 0 {
            return Some(Finish::Length);
        }
        self.left -= 1;
        self.outcome.generated_tokens += 1;
        let text = self.detokenizer.push(tokenizer, token);
        if !text.is_empty() && self.report(Progress::Text(&text)) == Flow::Stop {
            return Some(Finish::Listener);
        }
        (self.left == 0).then_some(Finish::Length)
    }

    fn finish(mut self, finish: Finish) -> Outcome {
        let rest = self.detokenizer.finish();
        // The limit may cut a character, and half of one is nothing to show.
        if !rest.is_empty() && finish != Finish::Length {
            // The generation ends either way.
            let _ = self.report(Progress::Text(&rest));
        }
        self.outcome.finish = finish;
        self.outcome
    }
}

/// What a backend is told of `sampling`.
fn choice(sampling: Sampling) -> Choice {
    Choice {
        temperature: sampling.temperature,
        top_k: sampling.top_k,
        top_p: sampling.top_p,
        repetition_penalty: sampling.repetition_penalty,
        seed: sampling.seed,
        recent: Vec::new(),
    }
}

/// How many tokens two texts begin with alike.
pub fn common_prefix(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn backend_error(error: BackendError) -> GenerateError {
    match error {
        BackendError::DeviceLost(why) => GenerateError::DeviceLost(why),
        BackendError::OutOfMemory(why) => GenerateError::OutOfMemory(why),
        other => GenerateError::Backend(other.to_string()),
    }
}
