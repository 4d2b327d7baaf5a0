//! How a session behaves: what it reuses, when it stops, what it refuses.

use crate::files::{golden_json, tiny};
use engine::{LoadOptions, Session, Speculate};
use gpu::{DeviceOptions, Gpu, GpuBackend, Lanes};
use ops::{Backend, BackendError, CacheFormat, CacheLayout, Choice, Head, Steps};
use reference::Reference;
use std::{cell::Cell, fs, io::Cursor, path::Path, rc::Rc, time::Instant};
use text::{Cancel, Date, Finish, Flow, GenerateError, Options, Outcome, Progress, Sampling};

/// A backend that counts what is asked of it.
pub struct Counted<B> {
    backend: B,
    submissions: Rc<Cell<usize>>,
}

impl<B> Counted<B> {
    fn count(&self) {
        self.submissions.set(self.submissions.get() + 1);
    }
}

impl<B: Backend> Backend for Counted<B> {
    fn max_step_tokens(&self) -> usize {
        self.backend.max_step_tokens()
    }

    fn max_head_rows(&self) -> usize {
        self.backend.max_head_rows()
    }

    fn capacity(&self) -> usize {
        self.backend.capacity()
    }

    fn write_weight(&mut self, name: &str, first_block: u64, bytes: &[u8]) -> Result<(), BackendError> {
        self.backend.write_weight(name, first_block, bytes)
    }

    async fn ready(&mut self) -> Result<bool, BackendError> {
        self.backend.ready().await
    }

    fn cache_layout(&self) -> CacheLayout {
        self.backend.cache_layout()
    }

    async fn read_cache(&mut self, layer: usize, positions: usize) -> Result<Vec<u8>, BackendError> {
        self.backend.read_cache(layer, positions).await
    }

    fn write_cache(&mut self, layer: usize, rows: &[u8]) -> Result<(), BackendError> {
        self.backend.write_cache(layer, rows)
    }

    async fn forward(&mut self, position: usize, tokens: &[u32], head: Head) -> Result<(), BackendError> {
        self.count();
        self.backend.forward(position, tokens, head).await
    }

    async fn logits(&mut self) -> Result<Vec<f32>, BackendError> {
        self.backend.logits().await
    }

    async fn decode(
        &mut self,
        position: usize,
        tokens: &[u32],
        steps: Steps,
        choice: &Choice,
    ) -> Result<Vec<u32>, BackendError> {
        self.count();
        self.backend.decode(position, tokens, steps, choice).await
    }

    async fn verify(&mut self, position: usize, tokens: &[u32]) -> Result<Vec<u32>, BackendError> {
        self.count();
        self.backend.verify(position, tokens).await
    }
}

/// A session, and how often it asked its backend for work.
pub struct Model<B> {
    pub session: Session<Counted<B>>,
    submissions: Rc<Cell<usize>>,
}

/// What a prompt came to.
pub struct Answer {
    pub text: String,
    pub outcome: Outcome,
}

impl<B: Backend> Model<B> {
    /// Continues `prompt` to its end.
    pub fn answer(&mut self, prompt: &[u32], options: &Options) -> Answer {
        self.answer_with(prompt, options, &Cancel::default(), |_| Flow::Continue).expect("an answer")
    }

    fn answer_with(
        &mut self,
        prompt: &[u32],
        options: &Options,
        cancel: &Cancel,
        mut listener: impl FnMut(Progress<'_>) -> Flow,
    ) -> Result<Answer, GenerateError> {
        let mut text = String::new();
        let mut listen = |progress: Progress<'_>| {
            if let Progress::Text(more) = progress {
                text += more;
            }
            listener(progress)
        };
        let outcome = pollster::block_on(self.session.continue_tokens(prompt, options, cancel, &mut listen))?;
        Ok(Answer { text, outcome })
    }
}

fn open<B: Backend>(
    path: &Path,
    context: usize,
    backend: impl AsyncFnOnce(&ops::Program, usize) -> Result<B, BackendError>,
) -> Model<B> {
    let start = Instant::now();
    let submissions = Rc::new(Cell::new(0));
    let options = LoadOptions {
        context_tokens: context,
        today: Date { year: 2026, month: 1, day: 2 },
        clock: std::rc::Rc::new(move || start.elapsed().as_secs_f64()),
    };
    let counter = Rc::clone(&submissions);
    let session = pollster::block_on(engine::load(
        vec![Cursor::new(fs::read(path).expect("a model"))],
        options,
        async |model, positions| {
            Ok(Counted { backend: backend(&model.program, positions).await?, submissions: counter })
        },
        |_, _| {},
    ));
    Model { session: session.unwrap_or_else(|e| panic!("{}: {e}", path.display())), submissions }
}

/// A model on the GPU, with room for `context` tokens.
pub fn open_gpu(path: &Path, context: usize) -> Model<GpuBackend> {
    open_gpu_as(path, context, None)
}

/// The same with the kernels for GPUs of these lanes.
fn open_gpu_as(path: &Path, context: usize, lanes: Option<Lanes>) -> Model<GpuBackend> {
    open_gpu_with(path, context, lanes, CacheFormat::F32)
}

/// The same with a cache of this format.
pub fn open_gpu_with(
    path: &Path,
    context: usize,
    lanes: Option<Lanes>,
    cache: CacheFormat,
) -> Model<GpuBackend> {
    open(path, context, async |program, positions| {
        let options = DeviceOptions { lanes, ..DeviceOptions::default() };
        GpuBackend::new(Gpu::open(&options).await?, program, positions, cache).await
    })
}

/// A model on plain loops, with room for `context` tokens.
pub fn open_reference(path: &Path, context: usize) -> Model<Reference> {
    open_reference_with(path, context, CacheFormat::F32)
}

/// The same with a cache of this format.
pub fn open_reference_with(path: &Path, context: usize, cache: CacheFormat) -> Model<Reference> {
    open(path, context, async |program, positions| Reference::new(program.clone(), positions, cache))
}

fn prompt(name: &str) -> Vec<u32> {
    golden_json(&format!("tiny/{name}.ids.json"))
}

fn greedy(max_tokens: u32) -> Options {
    Options { max_tokens, sampling: Sampling::GREEDY, ignore_stop: false }
}

#[test]
fn a_common_prefix_is_not_read_again_and_changes_nothing() {
    let path = tiny("smol");
    let first = prompt("smol");
    let common = 30;
    let mut second = first.clone();
    second[common..].reverse();
    second.push(first[3]);
    assert_ne!(first[common], second[common]);
    let alone = open_gpu(&path, 256).answer(&second, &greedy(24));
    assert_eq!(alone.outcome.reused_tokens, 0);

    let mut model = open_gpu(&path, 256);
    let before = model.answer(&first, &greedy(24));
    let after = model.answer(&second, &greedy(24));
    assert_eq!(after.outcome.reused_tokens as usize, common);
    assert_eq!(after.outcome.prompt_tokens as usize, second.len());
    assert_eq!(after.text, alone.text);

    // The same prompt again: all but its last token is there, whose logits are needed.
    model.answer(&first, &greedy(24));
    let again = model.answer(&first, &greedy(24));
    assert_eq!(again.outcome.reused_tokens as usize, first.len() - 1);
    assert_eq!(again.text, before.text);
}

/// Steps that ran past a stop token are forgotten: what comes next is as if they had never been.
#[test]
fn nothing_stays_of_what_was_computed_past_a_stop() {
    #[derive(serde::Deserialize)]
    struct Ids {
        ids: Vec<u32>,
        stopped: bool,
    }
    let path = tiny("floats");
    let golden: Ids = golden_json("tiny/floats.greedy.json");
    assert!(golden.stopped);
    let first = prompt("floats");
    let second: Vec<u32> = first.iter().chain(&golden.ids).chain(&first[5..20]).copied().collect();
    let alone = open_gpu(&path, 256).answer(&second, &greedy(24));

    let mut model = open_gpu(&path, 256);
    // Twice, so that the second time steps run eight at a time from the start.
    for _ in 0..2 {
        assert_eq!(model.answer(&first, &greedy(100)).outcome.finish, Finish::Stop);
    }
    let after = model.answer(&second, &greedy(24));
    let written = first.len() + golden.ids.len();
    assert!((written - 1..=written).contains(&(after.outcome.reused_tokens as usize)), "{:?}", after.outcome);
    assert_eq!(after.text, alone.text);
}

#[test]
fn a_measurement_goes_on_past_a_stop() {
    let mut model = open_gpu(&tiny("floats"), 256);
    let prompt = prompt("floats");
    assert_eq!(model.answer(&prompt, &greedy(100)).outcome.finish, Finish::Stop);
    let outcome = model.answer(&prompt, &Options { ignore_stop: true, ..greedy(100) }).outcome;
    assert_eq!((outcome.finish, outcome.generated_tokens), (Finish::Length, 100));
}

#[test]
fn a_cancel_while_writing_asks_for_no_more_work() {
    let mut model = open_gpu(&tiny("smol"), 512);
    let submissions = Rc::clone(&model.submissions);
    let cancel = Cancel::default();
    let at_cancel = Cell::new(None);
    let answer = model
        .answer_with(&prompt("smol"), &greedy(400), &cancel, |progress| {
            if matches!(progress, Progress::Text(_)) && at_cancel.get().is_none() {
                at_cancel.set(Some(submissions.get()));
                cancel.cancel();
            }
            Flow::Continue
        })
        .expect("a partial answer");
    assert_eq!(answer.outcome.finish, Finish::Cancelled);
    assert_eq!(at_cancel.get(), Some(submissions.get()));
    assert!(!answer.text.is_empty() && answer.outcome.generated_tokens <= 8, "{:?}", answer.outcome);
}

#[test]
fn a_cancel_while_reading_asks_for_no_more_work() {
    let mut model = open_gpu(&tiny("smol"), 512);
    let submissions = Rc::clone(&model.submissions);
    let long: Vec<u32> = prompt("smol").iter().cycle().take(400).copied().collect();
    let cancel = Cancel::default();
    let answer = model
        .answer_with(&long, &greedy(8), &cancel, |progress| {
            if matches!(progress, Progress::Reading { done, .. } if done >= 50) {
                cancel.cancel();
            }
            Flow::Continue
        })
        .expect("an empty answer");
    assert_eq!((answer.outcome.finish, answer.outcome.generated_tokens), (Finish::Cancelled, 0));
    assert_eq!(submissions.get(), 1, "the first step has 64 tokens");
    // What was read stays of use.
    let whole = model.answer(&long, &greedy(8));
    assert_eq!(whole.outcome.reused_tokens, 64);
    assert_eq!(whole.text, open_gpu(&tiny("smol"), 512).answer(&long, &greedy(8)).text);
}

#[test]
fn a_listener_that_has_enough_ends_it() {
    let mut model = open_gpu(&tiny("smol"), 256);
    let answer = model
        .answer_with(&prompt("smol"), &greedy(100), &Cancel::default(), |progress| match progress {
            Progress::Text(_) => Flow::Stop,
            Progress::Reading { .. } => Flow::Continue,
        })
        .expect("a partial answer");
    assert_eq!(answer.outcome.finish, Finish::Listener);
    assert!(answer.outcome.generated_tokens <= 8);
}

#[test]
fn a_full_context_is_an_error_before_and_an_end_while_writing() {
    let mut model = open_gpu(&tiny("smol"), 64);
    let long: Vec<u32> = prompt("smol").iter().cycle().take(64).copied().collect();
    let refused = model.answer_with(&long, &greedy(1), &Cancel::default(), |_| Flow::Continue);
    assert!(matches!(
        refused,
        Err(GenerateError::ContextFull { prompt: 65, context: 64 }
            | GenerateError::ContextFull { prompt: 64, context: 64 })
    ));

    let prompt = prompt("smol");
    let unbounded = open_gpu(&tiny("smol"), 256).answer(&prompt, &greedy(14));
    let answer = model.answer(&prompt, &greedy(1000));
    assert_eq!(answer.outcome.finish, Finish::Length);
    assert_eq!(answer.outcome.generated_tokens as usize, 64 - prompt.len());
    assert_eq!(answer.text, unbounded.text);

    let empty = model.answer_with(&[], &greedy(1), &Cancel::default(), |_| Flow::Continue);
    assert!(matches!(empty, Err(GenerateError::EmptyPrompt)));
}

#[test]
fn what_a_gpu_begins_ahead_changes_nothing() {
    let path = tiny("smol");
    let prompt = prompt("smol");
    for lanes in [Lanes::Subgroup, Lanes::Workgroup] {
        let mut ahead = open_gpu_as(&path, 256, Some(lanes));
        ahead.session.speculation().mode = Speculate::Never;
        // Of all lengths, one after the other: what was begun for the one is of no use to the next.
        for length in [40, 1, 2, 17, 33, 100] {
            let found = ahead.answer(&prompt, &greedy(length));
            let expected = open_gpu(&path, 256).answer(&prompt, &greedy(length));
            assert_eq!(found.text, expected.text, "{lanes:?}, {length} tokens");
            assert_eq!(found.outcome.generated_tokens, expected.outcome.generated_tokens);
        }
        // Up to the last position.
        let full = ahead.answer(&prompt, &Options { ignore_stop: true, ..greedy(1000) });
        assert_eq!(full.outcome.prompt_tokens + full.outcome.generated_tokens, 256);
        // With draws, and with a stop on the way.
        let sampling =
            Sampling { temperature: 0.8, top_k: 20, repetition_penalty: 1.2, seed: 7, ..Sampling::GREEDY };
        let drawn = Options { max_tokens: 50, sampling, ignore_stop: false };
        let again = |model: &mut Model<GpuBackend>| model.answer(&prompt, &drawn).text;
        assert_eq!(again(&mut ahead), again(&mut open_gpu(&path, 256)));
        let cancel = Cancel::default();
        let cut = ahead.answer_with(&prompt, &greedy(100), &cancel, |progress| {
            if matches!(progress, Progress::Text(_)) {
                cancel.cancel();
            }
            Flow::Continue
        });
        assert_eq!(cut.expect("a partial answer").outcome.finish, Finish::Cancelled);
        assert_eq!(
            ahead.answer(&prompt, &greedy(40)).text,
            open_gpu(&path, 256).answer(&prompt, &greedy(40)).text
        );
    }
}

#[test]
fn no_more_tokens_are_written_than_asked_for() {
    let mut model = open_gpu(&tiny("smol"), 256);
    for most in [0, 1, 2, 7, 19] {
        let outcome = model.answer(&prompt("smol"), &greedy(most)).outcome;
        assert_eq!((outcome.generated_tokens, outcome.finish), (most, Finish::Length));
    }
}

#[test]
fn a_seed_gives_the_same_text_and_another_seed_another() {
    let sampling = Sampling { temperature: 1.0, top_k: 40, top_p: 0.95, repetition_penalty: 1.1, seed: 42 };
    let options = Options { max_tokens: 32, sampling, ignore_stop: false };
    let first = open_gpu(&tiny("smol"), 256).answer(&prompt("smol"), &options).text;
    let mut model = open_gpu(&tiny("smol"), 256);
    assert_eq!(model.answer(&prompt("smol"), &options).text, first);
    let other = Options { sampling: Sampling { seed: 43, ..sampling }, ..options };
    assert_ne!(model.answer(&prompt("smol"), &other).text, first);
    // And with part of the prompt resident.
    assert_eq!(model.answer(&prompt("smol"), &options).text, first);
}

#[test]
fn a_seed_gives_the_same_text_on_the_gpu_and_on_plain_loops() {
    let sampling = Sampling { temperature: 0.9, top_k: 50, top_p: 0.95, repetition_penalty: 1.1, seed: 0 };
    let (mut gpu, mut loops) = (open_gpu(&tiny("smol"), 256), open_reference(&tiny("smol"), 256));
    for seed in [1, 2, 1 << 40] {
        let options = Options { max_tokens: 24, sampling: Sampling { seed, ..sampling }, ignore_stop: false };
        let text = gpu.answer(&prompt("smol"), &options).text;
        assert_eq!(loops.answer(&prompt("smol"), &options).text, text, "seed {seed}");
    }
}
