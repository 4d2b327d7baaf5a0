//! `sotto logits MODEL (--text FILE | --ids FILE)`: next-token log-probabilities at every position.

use crate::{
    interrupt,
    model::{self, ModelArgs},
    progress::ProgressLine,
    texts,
};
use anyhow::{Context, Result, bail};
use std::{
    io::{BufWriter, Write, stdout},
    path::PathBuf,
};
use text::Flow;

/// What to read.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    input: Input,
    /// How many tokens to list a position, likeliest first.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Tokens to read in one step, as many as there is room for where not given: one at a time tries the kernels that
    /// write text.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    chunk: Option<u32>,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Input {
    /// A text, tokenised as `sotto tokenize` does; `-` is stdin.
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// Token ids as a JSON array; `-` is stdin.
    #[arg(long, value_name = "FILE")]
    ids: Option<PathBuf>,
}

#[derive(serde::Serialize)]
struct Line<'a> {
    pos: usize,
    id: u32,
    top: &'a [(u32, f64)],
}

/// Prints one line a position.
///
/// # Errors
/// When the input cannot be read, does not fit the context, or the model fails.
pub async fn run(args: Args) -> Result<()> {
    let ids = args.input.ids.as_ref().map(|path| -> Result<Vec<u32>> {
        serde_json::from_str(&texts::read(path)?)
            .with_context(|| format!("{} is no JSON array of token ids", path.display()))
    });
    let (ids, text) = (ids.transpose()?, args.input.text.as_ref().map(|path| texts::read(path)).transpose()?);
    let mut session = model::load(&args.model).await?;
    let ids = ids.unwrap_or_else(|| session.tokenizer().encode_prompt(&text.unwrap_or_default()));
    let vocabulary = session.model().vocabulary;
    if let Some(id) = ids.iter().find(|&&id| id as usize >= vocabulary) {
        bail!("the id {id} is not in the model's vocabulary of {vocabulary} tokens; use ids of this model");
    }

    let chunk = args.chunk.map_or(usize::MAX, |n| n as usize);
    let mut out = BufWriter::new(stdout().lock());
    let mut progress = ProgressLine::of_tokens("Reading");
    let mut written: Result<()> = Ok(());
    session
        .logits(&ids, chunk, |pos, logits| {
            written = likeliest(logits, args.top as usize)
                .with_context(|| format!("position {pos}"))
                .and_then(|top| {
                    Ok(writeln!(out, "{}", serde_json::to_string(&Line { pos, id: ids[pos], top: &top })?)?)
                });
            progress.show(pos as u64 + 1, ids.len() as u64);
            if written.is_err() || interrupt::requested() { Flow::Stop } else { Flow::Continue }
        })
        .await?;
    written?;
    Ok(out.flush()?)
}

/// The `count` largest of `log softmax(logits)`, worked out in f64, largest first and then by id.
///
/// # Errors
/// When a logit is no number.
fn likeliest(logits: &[f32], count: usize) -> Result<Vec<(u32, f64)>> {
    if !logits.iter().all(|logit| logit.is_finite()) {
        bail!("the model gave logits that are no numbers; its file may be damaged, or the GPU's driver");
    }
    let most = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let log_sum = logits.iter().map(|&logit| (f64::from(logit) - most).exp()).sum::<f64>().ln();
    let mut ids: Vec<u32> = (0..logits.len() as u32).collect();
    let order = |a: &u32, b: &u32| logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b));
    if count < ids.len() {
        ids.select_nth_unstable_by(count, order);
        ids.truncate(count);
    }
    ids.sort_unstable_by(order);
    Ok(ids.into_iter().map(|id| (id, f64::from(logits[id as usize]) - most - log_sum)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_probabilities_are_over_the_whole_vocabulary() {
        let logits = [0.1f32, 0.4, 0.2, 0.3].map(f32::ln);
        let top = likeliest(&logits, 2).expect("numbers");
        assert_eq!(top.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 3]);
        assert!((top[0].1 - 0.4f64.ln()).abs() < 1e-6 && (top[1].1 - 0.3f64.ln()).abs() < 1e-6);
        assert_eq!(likeliest(&logits, 9).expect("numbers").len(), 4);
    }

    #[test]
    fn ties_go_to_the_lower_id_and_large_logits_do_not_overflow() {
        let top = likeliest(&[1e30, 1e30, -1e30], 2).expect("numbers");
        assert_eq!(top, [(0, -(2f64.ln())), (1, -(2f64.ln()))]);
        assert!(likeliest(&[f32::NAN, 0.0], 1).is_err());
    }
}
