//! What a type costs: size, perplexity, and divergence from the model that it was made of.

use crate::{
    any_backend::AnyBackend,
    commands::perplexity::{self, Cut, Surprise, log_sum, surprisal},
    interrupt,
    model::{self, ModelArgs},
    progress::ProgressLine,
    quantize::{importance::Importance, recipe::FileType, weights::Weights, write},
};
use anyhow::{Result, bail};
use engine::Session;
use std::{fs, path::PathBuf};

/// One line of the report.
#[derive(serde::Serialize)]
pub struct Row {
    /// Of the source, nothing.
    pub kind: Option<String>,
    pub bytes: u64,
    pub bits: Option<f64>,
    pub perplexity: f64,
    /// The perplexity's standard error.
    pub error: f64,
    /// Mean KL(source ‖ this) in nats, over the whole vocabulary.
    pub divergence: f64,
    /// The share of tokens whose likeliest successor is the source's.
    pub agreement: f64,
}

/// Makes each type in turn, and holds it to the source over the windows of `text`.
///
/// The source's logits are kept in memory: four bytes a word of the vocabulary for every token that counts.
///
/// # Errors
/// When a file cannot be made, or a model fails.
pub async fn report(
    args: &ModelArgs,
    kinds: &[FileType],
    importance: &Importance,
    text: &str,
    cut: Cut,
) -> Result<Vec<Row>> {
    let mut session = model::load(args).await?;
    let windows = cut.windows(&session, text)?;
    let mut source: Vec<(u32, Vec<f32>)> = Vec::new();
    read(&mut session, &windows, |next, logits| {
        source.push((next, logits.to_vec()));
        Ok(())
    })
    .await?;
    drop(session);
    let mut surprise = Surprise::default();
    for (next, logits) in &source {
        surprise.add(surprisal(logits, *next)?);
    }
    let mut rows = vec![Row {
        kind: None,
        bytes: fs::metadata(&args.model)?.len(),
        bits: None,
        perplexity: surprise.perplexity(),
        error: surprise.error(),
        divergence: 0.0,
        agreement: 1.0,
    }];

    for &kind in kinds {
        let made = Made(std::env::temp_dir().join(format!("sotto-{}-{kind}.gguf", std::process::id())));
        let written = write::write(Weights::open(&args.model).await?, kind, importance, &made.0).await?;
        let mut session = model::load(&args.of_file(made.0.clone())).await?;
        let (mut surprise, mut divergence, mut agreed) = (Surprise::default(), 0.0, 0usize);
        let mut expected = source.iter();
        read(&mut session, &windows, |next, logits| {
            let Some((_, expected)) = expected.next() else {
                bail!("the model gave more logits than the source")
            };
            surprise.add(surprisal(logits, next)?);
            divergence += divergence_of(expected, logits);
            agreed += usize::from(likeliest(expected) == likeliest(logits));
            Ok(())
        })
        .await?;
        if interrupt::requested() {
            break;
        }
        rows.push(Row {
            kind: Some(kind.to_string()),
            bytes: written.bytes,
            bits: Some(written.bits),
            perplexity: surprise.perplexity(),
            error: surprise.error(),
            divergence: divergence / source.len() as f64,
            agreement: agreed as f64 / source.len() as f64,
        });
    }
    Ok(rows)
}

/// A file that is gone when this is dropped.
struct Made(PathBuf);

impl Drop for Made {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = fs::remove_file(&self.0);
    }
}

async fn read(
    session: &mut Session<AnyBackend>,
    windows: &[Vec<u32>],
    mut each: impl FnMut(u32, &[f32]) -> Result<()>,
) -> Result<()> {
    let mut progress = ProgressLine::of_runs("Reading");
    for (done, window) in windows.iter().enumerate() {
        progress.show(done as u64, windows.len() as u64);
        perplexity::counted(session, window, &mut each).await?;
    }
    Ok(())
}

/// `Σ p log(p / q)` of two models' logits.
fn divergence_of(p: &[f32], q: &[f32]) -> f64 {
    let (p_sum, q_sum) = (log_sum(p), log_sum(q));
    let terms = p.iter().zip(q).map(|(&p, &q)| {
        let (p, q) = (f64::from(p) - p_sum, f64::from(q) - q_sum);
        p.exp() * (p - q)
    });
    terms.sum()
}

fn likeliest(logits: &[f32]) -> Option<usize> {
    (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divergence_is_that_of_the_probabilities() {
        let (p, q) = ([0.5f32, 0.5].map(f32::ln), [0.25f32, 0.75].map(|q| q.ln() + 3.0));
        let expected = 0.5 * (0.5f64 / 0.25).ln() + 0.5 * (0.5f64 / 0.75).ln();
        assert!((divergence_of(&p, &q) - expected).abs() < 1e-6);
        assert!(divergence_of(&p, &p).abs() < 1e-12);
        assert_eq!(likeliest(&q), Some(1));
    }
}
