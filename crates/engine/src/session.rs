//! A loaded model with its resident cache.

use crate::{Sampler, pace::Pace};
use models::Model;
use ops::{Backend, BackendError, Head};
use protocol::LoadTimes;
use text::{
    Cancel, ChatTemplate, Detokenizer, Finish, Flow, Generate, GenerateError, Message, Options, Outcome,
    Progress, TextError, Tokenizer,
};

/// Seconds from any fixed moment.
pub type Clock = Box<dyn Fn() -> f64>;

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
    pace: Pace,
    load_times: LoadTimes,
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
        let (resident, pace) = (Vec::new(), Pace::new());
        Self { backend, model, tokenizer, template, clock, resident, identity, pace, load_times }
    }

    /// What the load spent its time on.
    pub fn load_times(&self) -> LoadTimes {
        self.load_times
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

    /// Logits at every position of `tokens`: `each(position, logits)`, in order, until it says that it is enough.
    ///
    /// # Errors
    /// See [`GenerateError`].
    pub async fn logits(
        &mut self,
        tokens: &[u32],
        mut each: impl FnMut(usize, &[f32]) -> Flow,
    ) -> Result<(), GenerateError> {
        self.check_fit(tokens.len())?;
        self.resident.clear();
        for chunk in tokens.chunks(self.backend.max_head_rows()) {
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
            detokenizer: Detokenizer::default(),
            left: (options.max_tokens as usize).min(self.backend.capacity() - prompt.len()),
            ignore_stop: options.ignore_stop,
            listener,
        };
        while self.resident.len() < prompt.len() {
            let Flow::Continue = run
                .report(Progress::Reading { done: self.resident.len() as u32, total: prompt.len() as u32 })
            else {
                return Ok(run.finish(Finish::Listener));
            };
            if cancel.is_cancelled() {
                return Ok(run.finish(Finish::Cancelled));
            }
            let rest = &prompt[self.resident.len()..];
            let chunk = &rest[..rest.len().min(self.backend.max_step_tokens())];
            let head = if chunk.len() == rest.len() { Head::Last } else { Head::None };
            self.read(chunk, head).await?;
        }

        let mut sampler = Sampler::new(options.sampling);
        let mut logits = self.backend.logits().await.map_err(backend_error)?;
        let mut token = sampler.choose(&mut logits);
        let first_token = (self.clock)();
        run.outcome.first_token_seconds = first_token - start;
        let finish = loop {
            if let Some(finish) = run.take(&self.tokenizer, token) {
                break finish;
            }
            sampler.note(token);
            if cancel.is_cancelled() {
                break Finish::Cancelled;
            }
            if !sampler.is_plain_greedy() {
                self.read(&[token], Head::Last).await?;
                let mut logits = self.backend.logits().await.map_err(backend_error)?;
                token = sampler.choose(&mut logits);
                continue;
            }
            let picked = self.greedy(token, run.left).await?;
            let (&next, before) = match picked.split_last() {
                Some(split) => split,
                None => break Finish::Length,
            };
            // All but the last are in the cache already; past a stop they are forgotten again.
            let mut stopped = None;
            for &token in before {
                stopped = run.take(&self.tokenizer, token);
                if stopped.is_some() {
                    break;
                }
                self.resident.push(token);
            }
            if let Some(finish) = stopped {
                break finish;
            }
            token = next;
        };
        run.outcome.decode_seconds = (self.clock)() - first_token;
        Ok(run.finish(finish))
    }

    /// The `steps` most likely tokens after `token`, as many as the pace allows and at most `most`.
    async fn greedy(&mut self, token: u32, most: usize) -> Result<Vec<u32>, GenerateError> {
        let steps = self.pace.steps().min(most).max(1);
        let before = (self.clock)();
        let picked = self.backend.greedy(self.resident.len(), token, steps).await.map_err(backend_error)?;
        self.pace.observe(steps, (self.clock)() - before);
        self.resident.push(token);
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
        if !rest.is_empty() {
            // The generation ends either way.
            let _ = self.report(Progress::Text(&rest));
        }
        self.outcome.finish = finish;
        self.outcome
    }
}

fn common_prefix(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn backend_error(error: BackendError) -> GenerateError {
    match error {
        BackendError::DeviceLost(why) => GenerateError::DeviceLost(why),
        BackendError::OutOfMemory(why) => GenerateError::OutOfMemory(why),
        other => GenerateError::Backend(other.to_string()),
    }
}
