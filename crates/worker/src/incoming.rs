//! A model file that is on its way: its sum, and what its header says, as the bytes come.

use crate::explain;
use engine::LoadError;
use futures::FutureExt;
use gguf::{Format, GgufError, Header, Reader, Source};
use gpu::Needs;
use models::Model;
use ops::CacheFormat;
use protocol::{ErrorCode, FileRefusal, FileReport, ModelFacts, ModelNeeds};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// A header is looked at when so many bytes are there, and again each time that these have doubled.
const FIRST_LOOK: usize = 4096;

/// Takes a model's bytes from front to back and refuses it as soon as it is known that it cannot be used: the header stands in
/// front, so that this is long before the weights have come. Of a model that is split over several files, the last header
/// has to be there.
pub struct Incoming {
    positions: usize,
    files: Vec<File>,
    /// The file that is coming.
    at: usize,
    facts: Option<ModelFacts>,
}

/// One file, as far as it has come.
struct File {
    total: u64,
    done: u64,
    hash: Sha256,
    /// What the header is in.
    head: Vec<u8>,
    /// How much there must be before it is worth another look; none once the header is there.
    next_look: Option<usize>,
}

impl Incoming {
    /// Nothing of files of `totals` bytes, which are a model together. `positions` is the context that memory will be reserved for.
    pub fn new(totals: &[u64], positions: usize) -> Self {
        let file = |&total| File {
            total,
            done: 0,
            hash: Sha256::new(),
            head: Vec::new(),
            next_look: Some(FIRST_LOOK),
        };
        Self { positions, files: totals.iter().map(file).collect(), at: 0, facts: None }
    }

    /// Takes the next bytes, of one file.
    ///
    /// # Errors
    /// What is wrong with the model, once it shows.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), FileRefusal> {
        let is_split = self.files.len() > 1;
        let Some(file) = self.files.get_mut(self.at) else { return Err(too_long()) };
        file.hash.update(bytes);
        file.done += bytes.len() as u64;
        if file.done > file.total {
            return Err(too_long());
        }
        if file.done == file.total {
            self.at += 1;
        }
        let Some(next_look) = file.next_look else { return Ok(()) };
        file.head.extend_from_slice(bytes);
        if file.head.len() < next_look && file.done < file.total {
            return Ok(());
        }
        file.next_look = Some(file.head.len() * 2);
        match Reader::open(file.prefix()).now_or_never() {
            // The header goes on where the bytes end.
            None | Some(Err(GgufError::Io(_))) => return Ok(()),
            Some(Err(GgufError::PartAlone { .. })) if is_split => {}
            Some(Err(error)) => return Err(refusal(&error.into())),
            Some(Ok(_)) => {}
        }
        file.next_look = None;
        if self.files.iter().all(|file| file.next_look.is_none()) {
            self.facts = Some(self.read_header().map_err(|error| refusal(&error))?);
            self.files.iter_mut().for_each(|file| file.head = Vec::new());
        }
        Ok(())
    }

    fn read_header(&self) -> Result<ModelFacts, LoadError> {
        let parts = self.files.iter().map(File::prefix).collect();
        let read = Reader::open_parts(parts).now_or_never();
        let reader = read.unwrap_or_else(|| Err(GgufError::Io("a file in memory waits".into())))?;
        facts(reader.header(), self.positions)
    }

    /// The files are whole.
    ///
    /// # Errors
    /// When they are not.
    pub fn finish(self) -> Result<FileReport, FileRefusal> {
        let Some(facts) = self.facts.filter(|_| self.at == self.files.len()) else {
            let done: u64 = self.files.iter().map(|file| file.done).sum();
            let message = format!("it ends after {done} bytes, in the middle of something");
            return Err(FileRefusal { code: ErrorCode::ModelCorrupt, message });
        };
        let sum = |file: File| file.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(FileReport { sha256: self.files.into_iter().map(sum).collect(), facts })
    }
}

impl File {
    fn prefix(&self) -> Prefix<'_> {
        Prefix { bytes: &self.head, at: 0, total: self.total }
    }
}

fn too_long() -> FileRefusal {
    FileRefusal { code: ErrorCode::ModelCorrupt, message: "more bytes come than the file has".into() }
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
fn facts(header: &Header, positions: usize) -> Result<ModelFacts, LoadError> {
    let model = Model::from_header(header, positions)?;
    engine::tokenizer(header, &model)?;
    let needs = Needs::of(&model.program, positions.min(model.context), CacheFormat::F32);
    Ok(ModelFacts {
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
    })
}

/// The format that most bytes are in.
fn main_format(header: &Header) -> Option<Format> {
    let mut bytes = HashMap::new();
    for tensor in &header.tensors {
        *bytes.entry(tensor.format).or_insert(0) += tensor.bytes;
    }
    bytes.into_iter().max_by_key(|&(format, bytes)| (bytes, format)).map(|(format, _)| format)
}

fn refusal(error: &LoadError) -> FileRefusal {
    FileRefusal { code: explain(error), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gguf::{Metadata, TensorInfo, Value, Writer};
    use std::io::Cursor;

    const SMOL: &[u8] = include_bytes!("../../../tests/golden/tiny/smol.gguf");

    /// Pushes `files` by `step`; gives what came of it and how many bytes it took.
    fn take(files: &[&[u8]], step: usize) -> (Result<FileReport, FileRefusal>, usize) {
        let totals: Vec<u64> = files.iter().map(|bytes| bytes.len() as u64).collect();
        let mut incoming = Incoming::new(&totals, 4096);
        let mut taken = 0;
        for chunk in files.iter().flat_map(|bytes| bytes.chunks(step)) {
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
        let (outcome, taken) = take(&[bytes], 1000);
        (outcome.expect_err("is refused"), taken)
    }

    fn sum(bytes: &[u8]) -> String {
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// smol.gguf in two files, half of the tensors in each.
    async fn split() -> [Vec<u8>; 2] {
        let reader = Reader::open(Cursor::new(SMOL)).await.expect("is sound");
        let metadata = reader.header().metadata.clone();
        let count = reader.header().tensors.len();
        let mut tensors: Vec<(TensorInfo, Vec<u8>)> = Vec::new();
        let keep = async |tensor: &TensorInfo, first: u64, bytes: &[u8]| -> Result<(), GgufError> {
            if first == 0 {
                tensors.push((tensor.clone(), Vec::new()));
            }
            tensors.last_mut().expect("one is there").1.extend_from_slice(bytes);
            Ok(())
        };
        reader.read_tensors(1 << 20, keep).await.expect("is sound");
        let (front, back) = tensors.split_at(count / 2);
        let mut number = 0;
        [(metadata, front), (Metadata::default(), back)].map(|(mut metadata, tensors)| {
            metadata.insert("split.no", Value::Uint(number));
            metadata.insert("split.count", Value::Uint(2));
            metadata.insert("split.tensors.count", Value::Uint(count as u64));
            number += 1;
            let mut writer = Writer::new(&metadata);
            for (tensor, bytes) in tensors {
                writer.tensor(&tensor.name, &tensor.shape, tensor.format, bytes).expect("fits");
            }
            writer.finish()
        })
    }

    #[test]
    fn a_sound_file_is_told_with_its_sum_whatever_it_comes_in() {
        let report = take(&[SMOL], SMOL.len()).0.expect("is sound");
        assert_eq!(report.sha256, [sum(SMOL)]);
        let facts = &report.facts;
        assert_eq!(facts.architecture, "llama");
        assert!(facts.parameters > 10_000 && facts.needs.weight_bytes > 10_000, "{facts:?}");
        assert!(facts.needs.cache_bytes > 0 && facts.needs.scratch_bytes > 0, "{facts:?}");
        for step in [999, 4096, 100_000] {
            assert_eq!(take(&[SMOL], step).0.expect("is sound"), report);
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
    fn a_file_that_ends_too_early_or_too_late_is_refused() {
        assert_eq!(refused(&SMOL[..SMOL.len() - 1]).0.code, ErrorCode::ModelCorrupt);
        assert_eq!(refused(&SMOL[..5000]).0.code, ErrorCode::ModelCorrupt);
        assert_eq!(take(&[&[]], 1).0.expect_err("is empty").code, ErrorCode::ModelCorrupt);
        let mut incoming = Incoming::new(&[SMOL.len() as u64], 4096);
        incoming.push(SMOL).expect("is sound");
        assert_eq!(incoming.push(b"x").expect_err("is too long").code, ErrorCode::ModelCorrupt);
        let mut incoming = Incoming::new(&[SMOL.len() as u64], 4096);
        incoming.push(&SMOL[..100_000]).expect("is sound so far");
        assert_eq!(incoming.finish().expect_err("is not whole").code, ErrorCode::ModelCorrupt);
    }

    #[test]
    fn a_split_model_is_told_as_one() {
        let [front, back] = pollster::block_on(split());
        for step in [1000, 1 << 20] {
            let report = take(&[&front, &back], step).0.expect("is sound");
            assert_eq!(report.sha256, [sum(&front), sum(&back)]);
            let whole = take(&[SMOL], step).0.expect("is sound");
            assert_eq!(report.facts, whole.facts);
        }
    }

    #[test]
    fn parts_that_are_missing_or_mixed_up_are_refused() {
        let [front, back] = pollster::block_on(split());
        assert_eq!(refused(&front).0.code, ErrorCode::PartsMissing);
        let code = |files: &[&[u8]]| take(files, 1000).0.expect_err("is refused").code;
        assert_eq!(code(&[&back, &front]), ErrorCode::ModelCorrupt);
        assert_eq!(code(&[&front, SMOL]), ErrorCode::ModelCorrupt);
        assert_eq!(code(&[&front, &[b'x'; 9999]]), ErrorCode::NotAModel);
    }
}
