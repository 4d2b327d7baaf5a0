//! How much each column of a matrix matters: llama.cpp's importance files.

use crate::source::FileSource;
use anyhow::{Context, Result, bail};
use gguf::{Format, GgufError, Reader};
use std::{collections::HashMap, path::Path};

/// The mean square of what each column of a matrix was multiplied by, over some text.
#[derive(Default)]
pub struct Importance(HashMap<String, Vec<f32>>);

impl Importance {
    /// Reads a file that llama.cpp's `imatrix` wrote as GGUF: `NAME.in_sum2` and `NAME.counts`, a row for each expert.
    ///
    /// # Errors
    /// When it cannot be read, or is another kind of file.
    pub async fn read(path: &Path) -> Result<Self> {
        let mut data: HashMap<String, (usize, Vec<f32>)> = HashMap::new();
        let reader = Reader::open_parts(FileSource::open_all(path)?).await?;
        reader
            .read_tensors(1 << 20, async |tensor, _, bytes| {
                if tensor.format != Format::F32 {
                    return Err(GgufError::Corrupt(format!("{} is not F32", tensor.name)));
                }
                let (_, values) = data.entry(tensor.name.clone()).or_insert((tensor.columns(), Vec::new()));
                values.extend(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)));
                Ok(())
            })
            .await?;

        let mut importance = HashMap::new();
        for (name, (columns, sums)) in &data {
            let Some(weight) = name.strip_suffix(".in_sum2") else { continue };
            let (_, counts) = data
                .get(&format!("{weight}.counts"))
                .with_context(|| format!("the importance file has {name} but no counts for it"))?;
            if counts.len() * columns != sums.len() {
                bail!(
                    "the importance file has {} counts for {} rows of {weight}",
                    counts.len(),
                    sums.len() / columns
                );
            }
            let rows = sums.chunks_exact(*columns).zip(counts);
            // An expert that was never asked has nothing to say.
            let mean = rows.flat_map(|(row, &count)| {
                row.iter().map(move |sum| if count > 0.0 { sum / count } else { 1.0 })
            });
            importance.insert(weight.to_owned(), mean.collect());
        }
        if importance.is_empty() {
            bail!("{} is no importance file: it has no tensor NAME.in_sum2", path.display());
        }
        Ok(Self(importance))
    }

    /// Whether anything is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is known of the columns of a matrix, or of one of its experts.
    ///
    /// # Errors
    /// When it is for another model.
    pub fn of(&self, name: &str, expert: usize, columns: usize) -> Result<Option<&[f32]>> {
        let Some(values) = self.0.get(name) else { return Ok(None) };
        let row = if values.len() == columns {
            Some(&values[..])
        } else {
            values.chunks_exact(columns).nth(expert)
        };
        let is_sound =
            |row: &&[f32]| row.len() == columns && row.iter().all(|value| value.is_finite() && *value >= 0.0);
        match row.filter(is_sound) {
            Some(row) => Ok(Some(row)),
            None => bail!(
                "the importance file does not suit {name} with its {columns} columns; is it for this model?"
            ),
        }
    }
}
