//! From weights to a file, without ever holding it whole.

use crate::{
    interrupt,
    progress::ProgressLine,
    quantize::{
        importance::Importance,
        recipe::{FileType, Recipe},
        weights::{Weight, Weights},
    },
};
use anyhow::{Context, Result, bail};
use gguf::{ALIGNMENT, Format, Head, Metadata, NoEncoder};
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    thread,
};

/// The version of the block formats, since they had one.
const QUANTIZATION_VERSION: u32 = 2;

/// What became of a file.
pub struct Written {
    pub bytes: u64,
    /// Bits a value of the weights.
    pub bits: f64,
}

/// Writes `weights` as a file of type `kind`; nothing lies at `path` until it is whole.
///
/// # Errors
/// When the weights cannot be read, or the file not be written.
pub async fn write(
    weights: Weights,
    kind: FileType,
    importance: &Importance,
    path: &Path,
) -> Result<Written> {
    let partial = path.with_added_extension("partial");
    let written = write_to(weights, kind, importance, &partial).await;
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&partial);
    }
    let written = written?;
    fs::rename(&partial, path).with_context(|| format!("{} could not be written", path.display()))?;
    Ok(written)
}

async fn write_to(weights: Weights, kind: FileType, importance: &Importance, path: &Path) -> Result<Written> {
    let list = weights.list.clone();
    let recipe =
        Recipe::new(kind, &weights.metadata, list.iter().map(|weight| &*weight.name), !importance.is_empty());
    let formats: Vec<Format> =
        list.iter().map(|weight| recipe.format(&weight.name, &weight.shape, weight.format)).collect();
    let mut head = Head::new(&metadata(&weights.metadata, kind));
    let mut sizes = Vec::new();
    for (weight, &format) in list.iter().zip(&formats) {
        sizes.push(head.tensor(&weight.name, &weight.shape, format)?);
    }

    let file = File::create(path).with_context(|| format!("{} could not be written", path.display()))?;
    let mut out = BufWriter::new(file);
    out.write_all(&head.finish())?;
    let mut progress = ProgressLine::of_bytes("Writing the model");
    let (mut done, total) = (0, list.iter().map(Weight::bytes).sum());
    let mut rows = Rows::default();
    weights
        .read(|index, bytes| {
            if interrupt::requested() {
                bail!("interrupted");
            }
            let (weight, format) = (&list[index], formats[index]);
            if weight.format == format {
                out.write_all(bytes)?;
                rows.written += bytes.len();
            } else {
                rows.add(weight, bytes);
                rows.write(weight, format, importance, &mut out)?;
            }
            if rows.written == sizes[index] {
                out.write_all(&[0; ALIGNMENT][..sizes[index].next_multiple_of(ALIGNMENT) - sizes[index]])?;
                rows = Rows::default();
            }
            done += bytes.len() as u64;
            progress.show(done, total);
            Ok(())
        })
        .await?;
    out.flush()?;
    let (values, bytes) = (list.iter().map(Weight::elements).sum::<usize>(), sizes.iter().sum::<usize>());
    Ok(Written { bytes: out.get_ref().metadata()?.len(), bits: bytes as f64 * 8.0 / values as f64 })
}

/// The metadata of the new file.
fn metadata(old: &Metadata, kind: FileType) -> Metadata {
    // We have our own alignment, and it is the one that needs no saying.
    let kept = old.iter().filter(|(key, _)| *key != "general.alignment");
    let mut new: Metadata = kept.map(|(key, value)| (key, value.clone())).collect();
    new.insert("general.file_type", kind.number());
    new.insert("general.quantization_version", QUANTIZATION_VERSION);
    new
}

/// Values of the tensor under way that do not make up a row yet.
#[derive(Default)]
struct Rows {
    values: Vec<f32>,
    /// Rows before these.
    before: usize,
    /// Bytes of the tensor that are written.
    written: usize,
}

impl Rows {
    fn add(&mut self, weight: &Weight, bytes: &[u8]) {
        let start = self.values.len();
        let count = bytes.len() / weight.format.block_bytes() * weight.format.block_len();
        self.values.resize(start + count, 0.0);
        weight.format.dequantize(bytes, &mut self.values[start..]);
    }

    /// Writes the whole rows that there are, shared out among the processors.
    fn write(
        &mut self,
        weight: &Weight,
        format: Format,
        importance: &Importance,
        out: &mut impl Write,
    ) -> Result<()> {
        let columns = weight.columns();
        let whole = self.values.len() / columns;
        if let Some(at) = self.values.iter().position(|value| !value.is_finite()) {
            bail!(
                "{} has a value that is no number, in row {}; the file may be damaged",
                weight.name,
                self.before + at / columns
            );
        }
        let rows_an_expert = if weight.shape.len() == 3 { weight.shape[1] } else { usize::MAX };
        let mut jobs = Vec::new();
        let mut from = 0;
        let share = whole.div_ceil(thread::available_parallelism().map_or(1, usize::from)).max(1);
        while from < whole {
            let row = self.before + from;
            let count = share.min(whole - from).min(rows_an_expert - row % rows_an_expert);
            let known = importance.of(&weight.name, row / rows_an_expert, columns)?;
            jobs.push((&self.values[from * columns..][..count * columns], known));
            from += count;
        }
        let parts: Vec<Result<Vec<u8>, NoEncoder>> = thread::scope(|scope| {
            let threads: Vec<_> = jobs
                .into_iter()
                .map(|(rows, known)| {
                    scope.spawn(move || {
                        let mut bytes = Vec::new();
                        gguf::quantize(format, rows, columns, known, &mut bytes).map(|()| bytes)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("an encoder does not panic")).collect()
        });
        for part in parts {
            let part = part?;
            out.write_all(&part)?;
            self.written += part.len();
        }
        self.values.drain(..whole * columns);
        self.before += whole;
        Ok(())
    }
}
