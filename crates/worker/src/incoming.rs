//! A model file that is on its way: its sum, and what its header says, as the bytes come.

use crate::explain;
use engine::LoadError;
use futures::FutureExt;
use gguf::{Format, GgufError, Header, Reader, Source};
use gpu::Needs;
use models::{Model, ModelError};
use ops::CacheFormat;
use protocol::{ErrorCode, FileRefusal, FileReport, ModelFacts, ModelNeeds};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use text::Tokenizer;

/// The header is looked at when so many bytes are there, and again each time that these have doubled.
const FIRST_LOOK: usize = 4096;

/// Takes a file's bytes from front to back and refuses it as soon as it is known that it cannot be used: the header stands in
/// front, so that this is long before the weights have come.
pub struct Incoming {
    total: u64,
    positions: usize,
    is_part: bool,
    done: u64,
    hash: Sha256,
    head: Head,
}

enum Head {
    /// What came so far, and how much there must be before it is worth another look.
    Coming { bytes: Vec<u8>, next_look: usize },
    /// None for a part that says nothing of the whole.
    Known(Option<ModelFacts>),
}

impl Incoming {
    /// Nothing of a file of `total` bytes. `positions` is the context that memory will be reserved for; `is_part` says that the
    /// model is split over several files, of which this is one.
    pub fn new(total: u64, positions: usize, is_part: bool) -> Self {
        let head = Head::Coming { bytes: Vec::new(), next_look: FIRST_LOOK };
        Self { total, positions, is_part, done: 0, hash: Sha256::new(), head }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// What is wrong with the file, once it shows.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), FileRefusal> {
        self.hash.update(bytes);
        self.done += bytes.len() as u64;
        let Head::Coming { bytes: head, next_look } = &mut self.head else { return Ok(()) };
        head.extend_from_slice(bytes);
        if head.len() < *next_look && self.done < self.total {
            return Ok(());
        }
        *next_look = head.len() * 2;
        match Reader::open(Prefix { bytes: head, at: 0, total: self.total }).now_or_never() {
            // The header goes on where the bytes end.
            None | Some(Err(GgufError::Io(_))) => Ok(()),
            Some(Err(error)) => Err(refusal(&error.into())),
            Some(Ok(reader)) => {
                let facts = facts(reader.header(), self.positions, self.is_part);
                self.head = Head::Known(facts.map_err(|error| refusal(&error))?);
                Ok(())
            }
        }
    }

    /// The file is whole.
    ///
    /// # Errors
    /// When it is not.
    pub fn finish(self) -> Result<FileReport, FileRefusal> {
        let Head::Known(facts) = self.head else {
            let message = format!("it ends after {} bytes, in the middle of its header", self.done);
            return Err(FileRefusal { code: ErrorCode::ModelCorrupt, message });
        };
        let sha256 = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(FileReport { sha256, facts })
    }
}

/// The beginning of a file.
struct Prefix<'a> {
    bytes: &'a [u8],
    at: usize,
    total: u64,
}

impl Source for Prefix<'_> {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() && (self.bytes.len() as u64) < self.total {
            return Err("more is to come".into());
        }
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }

    fn total_bytes(&self) -> Option<u64> {
        Some(self.total)
    }
}

/// What the header says; the same things are refused here as when the model is loaded.
fn facts(header: &Header, positions: usize, is_part: bool) -> Result<Option<ModelFacts>, LoadError> {
    let model = match Model::from_header(header, positions) {
        // The other parts have it, or say what this one is part of.
        Err(ModelError::MissingTensor(_) | ModelError::File(GgufError::MissingKey(_))) if is_part => {
            return Ok(None);
        }
        model => model?,
    };
    Tokenizer::from_metadata(&header.metadata)?;
    let needs = Needs::of(&model.program, positions.min(model.context), CacheFormat::F32);
    Ok(Some(ModelFacts {
        name: model.name,
        architecture: model.architecture,
        context_tokens: model.context as u32,
        parameters: header.tensors.iter().map(|tensor| tensor.elements() as u64).sum(),
        quantisation: main_format(header).map_or_else(String::new, |format| format!("{format:?}")),
        licence: header.metadata.opt_str("general.license").ok().flatten().map(Into::into),
        needs: ModelNeeds {
            weight_bytes: needs.weights,
            cache_bytes: needs.cache,
            scratch_bytes: needs.scratch,
            largest_binding_bytes: needs.largest_binding,
        },
    }))
}

/// The format that most bytes are in.
fn main_format(header: &Header) -> Option<Format> {
    let mut bytes = HashMap::new();
    for tensor in &header.tensors {
        *bytes.entry(tensor.format).or_insert(0) += tensor.bytes;
    }
    bytes.into_iter().max_by_key(|&(_, bytes)| bytes).map(|(format, _)| format)
}

fn refusal(error: &LoadError) -> FileRefusal {
    FileRefusal { code: explain(error), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gguf::{Metadata, Value, Writer};

    const SMOL: &[u8] = include_bytes!("../../../tests/golden/tiny/smol.gguf");

    /// Pushes `bytes` by `step`; gives what came of it and how many bytes it took.
    fn take(bytes: &[u8], step: usize, is_part: bool) -> (Result<FileReport, FileRefusal>, usize) {
        let mut incoming = Incoming::new(bytes.len() as u64, 4096, is_part);
        let mut taken = 0;
        for chunk in bytes.chunks(step) {
            taken += chunk.len();
            if let Err(refusal) = incoming.push(chunk) {
                return (Err(refusal), taken);
            }
        }
        (incoming.finish(), taken)
    }

    /// A file of one key and no tensor.
    fn header_alone(key: &str, value: Value) -> Vec<u8> {
        Writer::new(&Metadata::default()).value(key, &value).finish()
    }

    fn refused(bytes: &[u8]) -> (FileRefusal, usize) {
        let (outcome, taken) = take(bytes, 1000, false);
        (outcome.expect_err("is refused"), taken)
    }

    #[test]
    fn a_sound_file_is_told_with_its_sum_whatever_it_comes_in() {
        let (report, _) = take(SMOL, SMOL.len(), false);
        let report = report.expect("is sound");
        let sum: String = Sha256::digest(SMOL).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(report.sha256, sum);
        let facts = report.facts.clone().expect("a whole model");
        assert_eq!(facts.architecture, "llama");
        assert!(facts.parameters > 10_000 && facts.needs.weight_bytes > 10_000, "{facts:?}");
        assert!(facts.needs.cache_bytes > 0 && facts.needs.scratch_bytes > 0, "{facts:?}");
        for step in [999, 4096, 100_000] {
            assert_eq!(take(SMOL, step, false).0.expect("is sound"), report);
        }
    }

    #[test]
    fn what_is_no_gguf_is_refused_at_once() {
        let (refusal, taken) = refused(&[b'x'; 100_000]);
        assert_eq!((refusal.code, taken), (ErrorCode::NotAModel, 5000));
        assert_eq!(refused(b"GG").0.code, ErrorCode::NotAModel);
    }

    #[test]
    fn an_unknown_architecture_is_refused_by_its_name_before_the_weights() {
        let mut bytes = header_alone("general.architecture", Value::String("mamba9".into()));
        bytes.resize(1 << 20, 0);
        let (refusal, taken) = refused(&bytes);
        assert_eq!(refusal.code, ErrorCode::ModelUnsupported);
        assert!(refusal.message.contains("mamba9"), "{}", refusal.message);
        assert!(taken < 10_000, "{taken}");
    }

    #[test]
    fn a_file_that_ends_too_early_is_refused() {
        assert_eq!(refused(&SMOL[..SMOL.len() - 1]).0.code, ErrorCode::ModelCorrupt);
        assert_eq!(refused(&SMOL[..5000]).0.code, ErrorCode::ModelCorrupt);
        assert_eq!(refused(&[]).0.code, ErrorCode::ModelCorrupt);
    }

    #[test]
    fn a_part_may_lack_what_the_others_have() {
        let bytes = header_alone("split.no", Value::Uint(1));
        assert_eq!(take(&bytes, 4096, true).0.expect("is a part").facts, None);
        assert!(take(&bytes, 4096, false).0.is_err());
    }
}
