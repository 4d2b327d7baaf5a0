//! How fast a session reads and writes.
//!
//! The clock is the session's. Everything is greedy and goes on past stop tokens, so that all runs are of one length.
//! Nothing is guessed: how much guesses gain depends on the text.

use crate::{Session, Speculate};
use ops::Backend;
use protocol::{BenchAgain, BenchDepth, BenchFigures, BenchOptions, BenchRun, BenchStop};
use text::{Cancel, Finish, Flow, GenerateError, Options, Outcome, Progress, Sampling, Specials};

/// What prompts are cut from; repeated as often as it takes.
const TEXT: &str = "The ferry left the harbour a little after nine, with the post, four bicycles and a crate of \
                    hens on deck. Nobody on board knew that it would be the last crossing of the year, and the \
                    captain, who had his suspicions, kept them to himself. ";
/// Tokens at the end of a prompt that are replaced before it is read again.
const REPLACED_TOKENS: usize = 40;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The options ask for too little to measure.
    #[error("{0}")]
    BadOptions(&'static str),
    /// The vocabulary spells no English.
    #[error("the model's vocabulary cannot write English, which the benchmark reads; choose another model")]
    NoText,
    /// The context ended before a run did.
    #[error("{written} tokens were written where {asked} were asked for; choose a longer context")]
    Short {
        /// Tokens asked for.
        asked: u32,
        /// Tokens that fitted.
        written: u32,
    },
    /// The cache held more or less of a prompt than the measurement is about.
    #[error("{reused} tokens of a prompt were resident instead of {expected}, so its time means nothing")]
    Reuse {
        /// Tokens that should have been resident.
        expected: usize,
        /// Tokens that were.
        reused: u32,
    },
    /// The caller had enough.
    #[error("stopped")]
    Stopped,
    /// The model failed.
    #[error(transparent)]
    Generate(#[from] GenerateError),
}

/// Measures by `options`. `tell(done, total)` hears, again and again, how many generations are done, and can stop it.
///
/// # Errors
/// See [`BenchError`].
pub async fn measure<B: Backend>(
    session: &mut Session<B>,
    options: &BenchOptions,
    tell: &mut dyn FnMut(u32, u32) -> Flow,
) -> Result<BenchFigures, BenchError> {
    check(options)?;
    let text = session.tokenizer().encode(TEXT, Specials::Plain);
    if text.is_empty() {
        return Err(BenchError::NoText);
    }
    session.speculation().mode = Speculate::Never;
    let mut bench = Bench {
        session,
        options: *options,
        text,
        start: 0,
        done: 0,
        total: generations(options),
        stop: BenchStop::default(),
        tell,
    };
    let (cold, runs) = bench.runs().await?;
    let depth = match options.depth_tokens {
        0 => None,
        _ => Some(bench.depth().await?),
    };
    let again = match options.again_tokens {
        0 => None,
        _ => Some(bench.again().await?),
    };
    Ok(BenchFigures {
        prompt_tokens: options.prompt_tokens,
        generated_tokens: options.generated_tokens,
        cold_first_token_seconds: cold.first_token_seconds,
        median: BenchRun {
            first_token_seconds: median(runs.iter().map(|run| run.first_token_seconds)),
            prefill_tokens_per_second: median(runs.iter().map(|run| run.prefill_tokens_per_second)),
            decode_tokens_per_second: median(runs.iter().map(|run| run.decode_tokens_per_second)),
        },
        runs,
        stop: bench.stop,
        depth,
        again,
    })
}

fn check(options: &BenchOptions) -> Result<(), BenchError> {
    if options.prompt_tokens < 1 || options.runs < 1 {
        return Err(BenchError::BadOptions("a benchmark needs a run, and a prompt of a token"));
    }
    if options.generated_tokens < 2 {
        return Err(BenchError::BadOptions("the speed of writing shows from the second token on"));
    }
    if (1..=REPLACED_TOKENS as u32).contains(&options.again_tokens) {
        return Err(BenchError::BadOptions(
            "a prompt that is read again must be longer than what is replaced",
        ));
    }
    Ok(())
}

/// How many generations [`measure`] takes.
fn generations(options: &BenchOptions) -> u32 {
    let runs = options.runs;
    let depth = if options.depth_tokens > 0 { 2 * (runs + 1) } else { 0 };
    let again = if options.again_tokens > 0 { 2 * runs } else { 0 };
    runs + 1 + depth + again
}

/// A measurement under way.
struct Bench<'a, B> {
    session: &'a mut Session<B>,
    options: BenchOptions,
    /// The tokens of [`TEXT`].
    text: Vec<u32>,
    /// Where in the text the last prompt began.
    start: usize,
    done: u32,
    total: u32,
    stop: BenchStop,
    tell: &'a mut dyn FnMut(u32, u32) -> Flow,
}

impl<B: Backend> Bench<'_, B> {
    /// The run that does not count, and those that do.
    async fn runs(&mut self) -> Result<(BenchRun, Vec<BenchRun>), BenchError> {
        let cold = self.run().await?;
        let mut runs = Vec::new();
        for _ in 0..self.options.runs {
            runs.push(self.run().await?);
        }
        Ok((cold, runs))
    }

    async fn run(&mut self) -> Result<BenchRun, BenchError> {
        let prompt = self.prompt(self.options.prompt_tokens);
        Ok(figures(&self.generate(&prompt, self.options.generated_tokens, 0).await?))
    }

    async fn depth(&mut self) -> Result<BenchDepth, BenchError> {
        let tokens = self.options.depth_tokens;
        let empty = self.decode_after(1).await?;
        let deep = self.decode_after(tokens).await?;
        Ok(BenchDepth {
            tokens,
            empty_tokens_per_second: empty,
            deep_tokens_per_second: deep,
            ratio: deep / empty,
        })
    }

    /// Tokens a second, written after a prompt of `tokens`. It is read once; the runs that count find it in the cache.
    async fn decode_after(&mut self, tokens: u32) -> Result<f64, BenchError> {
        let prompt = self.prompt(tokens);
        self.generate(&prompt, self.options.generated_tokens, 0).await?;
        let mut speeds = Vec::new();
        for _ in 0..self.options.runs {
            let outcome = self.generate(&prompt, self.options.generated_tokens, prompt.len() - 1).await?;
            speeds.push(figures(&outcome).decode_tokens_per_second);
        }
        Ok(median(speeds))
    }

    async fn again(&mut self) -> Result<BenchAgain, BenchError> {
        let tokens = self.options.again_tokens;
        let (mut fresh, mut again) = (Vec::new(), Vec::new());
        for _ in 0..self.options.runs {
            let mut prompt = self.prompt(tokens);
            fresh.push(self.generate(&prompt, 1, 0).await?.first_token_seconds);
            let kept = prompt.len() - REPLACED_TOKENS;
            // One token further on in the text, so that it differs from its first token on.
            prompt.truncate(kept);
            prompt.extend(cut(&self.text, self.start + kept + 1, REPLACED_TOKENS));
            again.push(self.generate(&prompt, 1, kept).await?.first_token_seconds);
        }
        let (fresh_seconds, again_seconds) = (median(fresh), median(again));
        Ok(BenchAgain {
            tokens,
            replaced_tokens: REPLACED_TOKENS as u32,
            fresh_seconds,
            again_seconds,
            ratio: fresh_seconds / again_seconds,
        })
    }

    /// A prompt that begins at another word than the last one, so that nothing of that can be reused.
    fn prompt(&mut self, tokens: u32) -> Vec<u32> {
        self.start += 1;
        cut(&self.text, self.start, tokens as usize)
    }

    /// Writes `most` tokens after `prompt`, of which `expected` are resident.
    async fn generate(&mut self, prompt: &[u32], most: u32, expected: usize) -> Result<Outcome, BenchError> {
        let options = Options { max_tokens: most, sampling: Sampling::GREEDY, ignore_stop: true };
        let (done, total) = (self.done, self.total);
        let (tell, stop) = (&mut self.tell, &mut self.stop);
        let now = self.session.clock();
        // A stop is heard wherever progress is told.
        let (mut last, mut is_reading) = (now(), true);
        let mut listener = |progress: Progress<'_>| {
            let longest = if is_reading { &mut stop.reading_seconds } else { &mut stop.writing_seconds };
            let before = std::mem::replace(&mut last, now());
            *longest = longest.max(last - before);
            is_reading = matches!(progress, Progress::Reading { .. });
            tell(done, total)
        };
        let outcome =
            self.session.continue_tokens(prompt, &options, &Cancel::default(), &mut listener).await?;
        self.done += 1;
        if outcome.finish == Finish::Listener {
            return Err(BenchError::Stopped);
        }
        if outcome.generated_tokens < most {
            return Err(BenchError::Short { asked: most, written: outcome.generated_tokens });
        }
        if outcome.reused_tokens as usize != expected {
            return Err(BenchError::Reuse { expected, reused: outcome.reused_tokens });
        }
        Ok(outcome)
    }
}

/// `tokens` tokens of `text` from `start` on; after its end it begins again.
fn cut(text: &[u32], start: usize, tokens: usize) -> Vec<u32> {
    text.iter().cycle().skip(start % text.len()).take(tokens).copied().collect()
}

fn figures(outcome: &Outcome) -> BenchRun {
    BenchRun {
        first_token_seconds: outcome.first_token_seconds,
        prefill_tokens_per_second: f64::from(outcome.prompt_tokens) / outcome.first_token_seconds,
        // The first token belongs to the prompt's time.
        decode_tokens_per_second: f64::from(outcome.generated_tokens - 1) / outcome.decode_seconds,
    }
}

/// The middle one; of an even number, the mean of the two in the middle.
fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn the_first_token_is_no_decoding_step() {
        let outcome = Outcome {
            finish: Finish::Length,
            prompt_tokens: 100,
            reused_tokens: 0,
            generated_tokens: 11,
            first_token_seconds: 0.5,
            decode_seconds: 2.0,
        };
        let run = figures(&outcome);
        assert_eq!((run.prefill_tokens_per_second, run.decode_tokens_per_second), (200.0, 5.0));
    }

    #[test]
    fn prompts_begin_anywhere_and_are_as_long_as_asked() {
        assert_eq!(cut(&[1, 2, 3], 4, 5), [2, 3, 1, 2, 3]);
    }

    #[test]
    fn options_that_measure_nothing_are_refused() {
        let good =
            BenchOptions { prompt_tokens: 1, generated_tokens: 2, runs: 1, depth_tokens: 0, again_tokens: 0 };
        assert!(check(&good).is_ok());
        for bad in [
            BenchOptions { prompt_tokens: 0, ..good },
            BenchOptions { generated_tokens: 1, ..good },
            BenchOptions { runs: 0, ..good },
            BenchOptions { again_tokens: 40, ..good },
        ] {
            assert!(check(&bad).is_err(), "{bad:?}");
        }
    }
}
