//! From a file's bytes to a session.

use crate::{Clock, Session};
use gguf::{GgufError, Header, Reader, Source};
use models::{Model, ModelError};
use ops::{Backend, BackendError};
use protocol::LoadTimes;
use std::hash::{DefaultHasher, Hash, Hasher};
use text::{ChatTemplate, Date, TextError, Tokenizer};

/// Bytes that are in memory at a time, on their way from the file to the GPU. In Chromium larger writes cost the GPU
/// process fresh memory each: 600 MB took 0.9 s by 4 MB, and 0.17 s by 1 MB.
const CHUNK_BYTES: usize = 1 << 20;

/// Bytes of every weight that tell the model from others of its kind.
const IDENTIFYING_BYTES: usize = 4096;

/// What the caller knows and wants.
pub struct LoadOptions {
    /// Most positions to reserve memory for; the model's own context is a bound too.
    pub context_tokens: usize,
    /// Today, which some chat templates mention.
    pub today: Date,
    /// Seconds from any fixed moment.
    pub clock: Clock,
}

/// Why a model could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file is damaged, or no GGUF.
    #[error(transparent)]
    File(#[from] GgufError),
    /// The model cannot be run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The tokenizer cannot be used.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The GPU cannot take it.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// Reads a model from `sources`, a file or its parts in their order, onto the backend that `prepare(model, positions)` makes
/// for it, and waits until it is ready. `progress(bytes, total)` is told how much of the weights has come.
///
/// # Errors
/// See [`LoadError`].
pub async fn load<B: Backend>(
    sources: Vec<impl Source>,
    options: LoadOptions,
    prepare: impl AsyncFnOnce(&Model, usize) -> Result<B, BackendError>,
    mut progress: impl FnMut(u64, u64),
) -> Result<Session<B>, LoadError> {
    let mut stages = Stages::new(&options.clock);
    let reader = Reader::open_parts(sources).await?;
    let header = reader.header();
    let model = Model::from_header(header, options.context_tokens)?;
    let header_seconds = stages.next();
    // Before the backend, which may still wait for its device meanwhile.
    let tokenizer = tokenizer(header, &model)?;
    // A model without a template can still continue text; it is missed only when a conversation begins.
    let template = ChatTemplate::from_metadata(&header.metadata, options.today);
    let tokenizer_seconds = stages.next();
    // Before the weights, because a browser's GPU process compiles while they come.
    let mut backend = prepare(&model, options.context_tokens.min(model.context)).await?;
    let prepare_seconds = stages.next();
    let total = header.tensors.iter().map(|t| t.bytes).sum();
    let mut identity = DefaultHasher::new();
    format!("{:?}", model.program).hash(&mut identity);
    let mut done = 0;
    reader
        .read_tensors(CHUNK_BYTES, async |tensor, first_block, bytes| -> Result<(), LoadError> {
            if first_block == 0 {
                bytes[..bytes.len().min(IDENTIFYING_BYTES)].hash(&mut identity);
            }
            backend.write_weight(&tensor.name, first_block, bytes)?;
            done += bytes.len() as u64;
            progress(done, total);
            Ok(())
        })
        .await?;
    let weights_seconds = stages.next();
    let is_quick = backend.ready().await?;
    let ready_seconds = stages.next();
    let times =
        LoadTimes { header_seconds, prepare_seconds, tokenizer_seconds, weights_seconds, ready_seconds };
    let identity = identity.finish();
    let mut session = Session::new(backend, model, tokenizer, template, options.clock, times, identity);
    if is_quick {
        session.find_pace().await?;
    }
    Ok(session)
}

/// The tokenizer of `model`, which `header` describes.
///
/// # Errors
/// [`LoadError::Text`]; [`LoadError::Model`] where it has tokens that the model knows nothing of.
pub fn tokenizer(header: &Header, model: &Model) -> Result<Tokenizer, LoadError> {
    let tokenizer = Tokenizer::from_metadata(&header.metadata)?;
    if tokenizer.vocab_size() > model.vocabulary {
        let (tokens, rows) = (tokenizer.vocab_size(), model.vocabulary);
        return Err(ModelError::BadConfig(format!("{tokens} tokens but {rows} embeddings")).into());
    }
    Ok(tokenizer)
}

/// Measures one stage after the other.
struct Stages<'a> {
    clock: &'a Clock,
    start: f64,
}

impl<'a> Stages<'a> {
    fn new(clock: &'a Clock) -> Self {
        Self { clock, start: clock() }
    }

    /// Seconds that the stage took which ends here.
    fn next(&mut self) -> f64 {
        let start = std::mem::replace(&mut self.start, (self.clock)());
        self.start - start
    }
}
