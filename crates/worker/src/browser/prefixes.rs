//! Pages that were read, put aside in the private file system, so that they need not be read again.
//!
//! What is put aside says what the pages say. It lives as long as the worker at most: the next one deletes what it finds,
//! and so does the service worker when the browser starts.

use super::stored::{self, NewFile, PREFIXES, Stored};
use engine::{PrefixError, Session, common_prefix};
use gpu::GpuBackend;
use std::collections::VecDeque;
use text::{Cancel, Flow, Generate, GenerateError, Message, Options, Outcome, Progress};

/// Fewer tokens are as quickly read as taken up.
const FEWEST_TOKENS: usize = 512;
/// What is read again in less time than this is not worth a file: a real GPU reads a page in a tenth of a second.
const LEAST_SECONDS: f64 = 2.0;
/// Most bytes of all files together.
const MOST_BYTES: u64 = 512 << 20;

/// What is put aside, the oldest first.
pub(super) struct Prefixes {
    kept: VecDeque<Kept>,
    /// Files so far.
    files: u32,
}

struct Kept {
    name: String,
    tokens: Vec<u32>,
    bytes: u64,
}

impl Prefixes {
    /// Nothing yet. Deletes what an earlier worker left.
    pub(super) async fn new() -> Self {
        // Most often there is nothing to delete.
        let _ = stored::remove_folder(PREFIXES).await;
        Self { kept: VecDeque::new(), files: 0 }
    }

    /// Puts what the cache holds aside, if it is long enough and not there yet. What cannot be put aside is read again.
    pub(super) async fn keep(&mut self, session: &mut Session<GpuBackend>) {
        let tokens = session.resident().to_vec();
        let bytes = session.prefix_bytes(tokens.len());
        let known = self.kept.iter().any(|kept| kept.tokens.starts_with(&tokens));
        let is_quick = session.seconds_to_read(tokens.len()) < LEAST_SECONDS;
        if tokens.len() < FEWEST_TOKENS || is_quick || bytes > MOST_BYTES || known {
            return;
        }
        if let Some(shorter) = self.kept.iter().position(|kept| tokens.starts_with(&kept.tokens)) {
            self.forget(shorter).await;
        }
        while self.kept.iter().map(|kept| kept.bytes).sum::<u64>() + bytes > MOST_BYTES {
            self.forget(0).await;
        }
        let name = self.files.to_string();
        self.files += 1;
        let saved = save(session, &name).await;
        self.kept.push_back(Kept { name, tokens, bytes });
        if saved.is_err() {
            self.forget(self.kept.len() - 1).await;
        }
    }

    /// Makes the cache begin as `prompt` does, where that saves reading. What the cache held is put aside before it is lost.
    async fn prepare(&mut self, session: &mut Session<GpuBackend>, prompt: &[u32]) {
        let there = common_prefix(session.resident(), prompt);
        if session.resident().len() - there >= FEWEST_TOKENS {
            self.keep(session).await;
        }
        let best = (0..self.kept.len()).max_by_key(|&i| common_prefix(&self.kept[i].tokens, prompt));
        let Some(best) =
            best.filter(|&i| common_prefix(&self.kept[i].tokens, prompt) >= there + FEWEST_TOKENS)
        else {
            return;
        };
        match restore(session, &self.kept[best].name).await {
            Ok(()) => {
                let newest = self.kept.remove(best);
                self.kept.extend(newest);
            }
            Err(_) => self.forget(best).await,
        }
    }

    async fn forget(&mut self, index: usize) {
        if let Some(kept) = self.kept.remove(index) {
            // A file that cannot be deleted now is deleted with its folder.
            let _ = stored::remove(PREFIXES, &kept.name).await;
        }
    }
}

async fn save(session: &mut Session<GpuBackend>, name: &str) -> Result<(), PrefixError> {
    let mut file = NewFile::create(PREFIXES, name).await.map_err(PrefixError::Io)?;
    session.save_prefix(|bytes| file.write(bytes)).await
}

async fn restore(session: &mut Session<GpuBackend>, name: &str) -> Result<(), PrefixError> {
    let file = Stored::open(PREFIXES, name).await.map_err(PrefixError::Io)?;
    session.restore_prefix(file).await
}

/// A session that takes prefixes up before it reads.
pub(super) struct Remembering<'a> {
    pub(super) session: &'a mut Session<GpuBackend>,
    pub(super) prefixes: Option<&'a mut Prefixes>,
}

impl Generate for Remembering<'_> {
    fn count_tokens(&self, text: &str) -> u32 {
        self.session.count_tokens(text)
    }

    fn parameters(&self) -> u64 {
        self.session.parameters()
    }

    fn context_tokens(&self) -> u32 {
        self.session.context_tokens()
    }

    async fn generate(
        &mut self,
        messages: &[Message],
        options: &Options,
        cancel: &Cancel,
        listener: &mut dyn FnMut(Progress<'_>) -> Flow,
    ) -> Result<Outcome, GenerateError> {
        let prompt = self.session.prompt(messages)?;
        if let Some(prefixes) = &mut self.prefixes {
            prefixes.prepare(self.session, &prompt).await;
        }
        self.session.continue_tokens(&prompt, options, cancel, listener).await
    }
}
