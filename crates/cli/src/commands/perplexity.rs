//! `sotto perplexity MODEL TEXT`: exp(mean of -log p(token | what stands before it)).

use crate::{
    any_backend::AnyBackend,
    interrupt,
    model::{self, ModelArgs},
    progress::ProgressLine,
    texts,
};
use anyhow::{Result, bail};
use engine::Session;
use std::{
    io::{Write, stdout},
    path::PathBuf,
};
use text::Flow;

/// Which text, and how it is cut.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// The text; `-` is stdin.
    text: PathBuf,
    #[command(flatten)]
    cut: Cut,
    /// Print one JSON object instead of a sentence.
    #[arg(long)]
    json: bool,
}

/// How a text is cut into windows, side by side.
#[derive(clap::Args, Clone, Copy)]
pub struct Cut {
    /// Tokens of a window; those of its second half count. A shorter rest of the text is left out.
    #[arg(long, value_name = "TOKENS", default_value_t = 512, value_parser = clap::value_parser!(u32).range(4..))]
    window: u32,
    /// Read no more than so many windows.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    windows: Option<u32>,
}

/// What came of it.
#[derive(serde::Serialize)]
struct Report {
    perplexity: f64,
    /// Its standard error, taking tokens for independent.
    error: f64,
    tokens: u64,
    windows: usize,
    window: u32,
}

/// Prints the perplexity of a text, counted as llama.cpp's tool counts it.
///
/// # Errors
/// When the text is shorter than a window, a window longer than the context, or the model fails.
pub async fn run(args: Args) -> Result<()> {
    let text = texts::read(&args.text)?;
    let mut session = model::load(&args.model).await?;
    let windows = args.cut.windows(&session, &text)?;
    let mut progress = ProgressLine::of_tokens("Reading");
    let total = windows.iter().map(|window| window.len() as u64).sum();
    let mut done = 0;
    let mut surprise = Surprise::default();
    for window in &windows {
        counted(&mut session, window, |next, logits| {
            surprise.add(surprisal(logits, next)?);
            Ok(())
        })
        .await?;
        if interrupt::requested() {
            return Ok(());
        }
        done += window.len() as u64;
        progress.show(done, total);
    }
    drop(progress);

    let (perplexity, error) = (surprise.perplexity(), surprise.error());
    let report = Report {
        perplexity,
        error,
        tokens: surprise.tokens,
        windows: windows.len(),
        window: args.cut.window,
    };
    let mut out = stdout().lock();
    match args.json {
        true => writeln!(out, "{}", serde_json::to_string(&report)?)?,
        false => writeln!(
            out,
            "Perplexity {perplexity:.4} ± {error:.4} over {} tokens of {} windows of {}",
            report.tokens, report.windows, report.window
        )?,
    }
    Ok(())
}

impl Cut {
    /// The windows of `text`; the first token of each gives way to BOS where the model has one.
    ///
    /// # Errors
    /// When there is no whole window, or it has no place in the context.
    pub fn windows(self, session: &Session<AnyBackend>, text: &str) -> Result<Vec<Vec<u32>>> {
        let context = text::Generate::context_tokens(session);
        if self.window > context {
            bail!(
                "a window of {} tokens is longer than the context of {context}; make it shorter",
                self.window
            );
        }
        let ids = session.tokenizer().encode_prompt(text);
        let most = self.windows.map_or(usize::MAX, |windows| windows as usize);
        let mut windows: Vec<Vec<u32>> =
            ids.chunks_exact(self.window as usize).take(most).map(<[u32]>::to_vec).collect();
        if windows.is_empty() {
            bail!(
                "the text has {} tokens, less than a window of {}; make that shorter",
                ids.len(),
                self.window
            );
        }
        if let Some(bos) = session.tokenizer().leading_bos() {
            windows.iter_mut().for_each(|window| window[0] = bos);
        }
        Ok(windows)
    }
}

/// Reads a window, and calls `each(next token, logits)` where the next token counts: in the second half.
///
/// # Errors
/// What the model or `each` fails with.
pub async fn counted(
    session: &mut Session<AnyBackend>,
    window: &[u32],
    mut each: impl FnMut(u32, &[f32]) -> Result<()>,
) -> Result<()> {
    let mut done = Ok(());
    session
        .logits(window, usize::MAX, |pos, logits| {
            if pos >= window.len() / 2 && pos + 1 < window.len() {
                done = each(window[pos + 1], logits);
            }
            if done.is_err() || interrupt::requested() { Flow::Stop } else { Flow::Continue }
        })
        .await?;
    done
}

/// `-log softmax(logits)[token]`, worked out in f64.
///
/// # Errors
/// When it is no number.
pub fn surprisal(logits: &[f32], token: u32) -> Result<f64> {
    let surprisal = log_sum(logits) - f64::from(logits[token as usize]);
    if !surprisal.is_finite() {
        bail!("the model gave logits that are no numbers; its file may be damaged, or the GPU's driver");
    }
    Ok(surprisal)
}

/// `log sum exp(logits)`.
pub fn log_sum(logits: &[f32]) -> f64 {
    let most = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    most + logits.iter().map(|&logit| (f64::from(logit) - most).exp()).sum::<f64>().ln()
}

/// Sums of what tokens surprised by.
#[derive(Default)]
pub struct Surprise {
    tokens: u64,
    sum: f64,
    squares: f64,
}

impl Surprise {
    /// Counts one token.
    pub fn add(&mut self, surprisal: f64) {
        self.tokens += 1;
        self.sum += surprisal;
        self.squares += surprisal * surprisal;
    }

    /// `exp` of the mean.
    pub fn perplexity(&self) -> f64 {
        (self.sum / self.tokens as f64).exp()
    }

    /// The perplexity's standard error.
    pub fn error(&self) -> f64 {
        let (count, mean) = (self.tokens as f64, self.sum / self.tokens as f64);
        let variance = (self.squares / count - mean * mean).max(0.0);
        self.perplexity() * (variance / (count - 1.0).max(1.0)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_odds_are_a_perplexity_of_their_number() {
        let mut surprise = Surprise::default();
        for token in [0, 3, 1] {
            surprise.add(surprisal(&[700.0; 4], token).expect("numbers"));
        }
        assert!((surprise.perplexity() - 4.0).abs() < 1e-9);
        assert!(surprise.error() < 1e-6, "nothing varies");
    }

    #[test]
    fn the_error_is_that_of_the_mean() {
        let mut surprise = Surprise::default();
        [1.0, 3.0].into_iter().for_each(|surprisal| surprise.add(surprisal));
        assert!((surprise.perplexity() - 2f64.exp()).abs() < 1e-9);
        assert!((surprise.error() - 2f64.exp()).abs() < 1e-9);
        assert!(surprisal(&[f32::NAN, 0.0], 1).is_err());
    }
}
