//! `sotto run MODEL (--prompt TEXT | --prompt-file FILE)`: a text continued.

use crate::{
    interrupt,
    model::{self, ModelArgs},
    progress::ProgressLine,
    texts,
};
use anyhow::Result;
use std::{
    io::{Write, stdout},
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};
use text::{Cancel, Finish, Flow, Options, Outcome, Progress, Sampling};

/// What to continue, how far and how.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    prompt: Prompt,
    /// Most tokens to write.
    #[arg(long, value_name = "N", default_value_t = 256)]
    max_tokens: u32,
    /// Print the continuation alone: not the prompt before it, nor a report after it.
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    sampling: SamplingArgs,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Prompt {
    /// The text to continue. Special tokens in it are parsed.
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
    /// A file that holds it; `-` is stdin.
    #[arg(long, value_name = "FILE")]
    prompt_file: Option<PathBuf>,
}

#[derive(clap::Args)]
struct SamplingArgs {
    /// Divides the logits; 0 takes the likeliest token each time.
    #[arg(long, value_name = "T", default_value_t = 0.0, value_parser = number_from_0)]
    temperature: f32,
    /// Choose among the K likeliest tokens; 0 is all.
    #[arg(long, value_name = "K", default_value_t = 0)]
    top_k: u32,
    /// Choose among the fewest tokens whose probabilities reach P.
    #[arg(long, value_name = "P", default_value_t = 1.0, value_parser = number_from_0)]
    top_p: f32,
    /// Makes the tokens of the last 64 less likely; 1 does nothing.
    #[arg(long, value_name = "R", default_value_t = 1.0, value_parser = number_above_0)]
    repetition_penalty: f32,
    /// The same seed gives the same text; taken from the clock where not given.
    #[arg(long)]
    seed: Option<u64>,
}

fn number_from_0(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(number) if number.is_finite() && number >= 0.0 => Ok(number),
        _ => Err("must be a number, 0 or more".into()),
    }
}

fn number_above_0(text: &str) -> Result<f32, String> {
    match number_from_0(text) {
        Ok(number) if number > 0.0 => Ok(number),
        _ => Err("must be a number above 0".into()),
    }
}

impl SamplingArgs {
    fn sampling(&self) -> Sampling {
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
        Sampling {
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            repetition_penalty: self.repetition_penalty,
            seed: self.seed.unwrap_or_else(clock),
        }
    }
}

/// Streams the continuation to stdout.
///
/// # Errors
/// When the prompt cannot be read or does not fit, or the model fails.
pub async fn run(args: Args) -> Result<()> {
    let prompt = match (args.prompt.prompt, args.prompt.prompt_file) {
        (Some(text), _) => text,
        (None, Some(path)) => texts::read(&path)?,
        (None, None) => String::new(),
    };
    let options =
        Options { max_tokens: args.max_tokens, sampling: args.sampling.sampling(), ignore_stop: false };
    let mut session = model::load(&args.model).await?;
    let ids = session.tokenizer().encode_prompt(&prompt);

    let mut out = stdout().lock();
    if !args.raw {
        write!(out, "{prompt}")?;
        out.flush()?;
    }
    let cancel = Cancel::default();
    let mut progress = ProgressLine::of_tokens("Reading");
    let mut written = Ok(());
    let outcome = session
        .continue_tokens(&ids, &options, &cancel, &mut |event| {
            match event {
                Progress::Reading { done, total } => progress.show(done.into(), total.into()),
                Progress::Text(text) => {
                    progress.clear();
                    written = write!(out, "{text}").and_then(|()| out.flush());
                }
            }
            if interrupt::requested() {
                cancel.cancel();
            }
            if written.is_err() { Flow::Stop } else { Flow::Continue }
        })
        .await?;
    written?;
    if !args.raw {
        writeln!(out)?;
        eprintln!("{}", report(&outcome, &options));
    }
    Ok(())
}

fn report(outcome: &Outcome, options: &Options) -> String {
    let why = match outcome.finish {
        Finish::Stop => "the model ended it",
        Finish::Length => "as long as allowed",
        Finish::Listener | Finish::Cancelled => "stopped",
    };
    let later = outcome.generated_tokens.saturating_sub(1);
    let speed = if later == 0 || outcome.decode_seconds <= 0.0 {
        String::new()
    } else {
        format!(", {:.1} tokens/s", f64::from(later) / outcome.decode_seconds)
    };
    let seed = match options.sampling.temperature > 0.0 {
        true => format!("; seed {}", options.sampling.seed),
        false => String::new(),
    };
    format!(
        "{} tokens read, the first written after {:.2} s; {} written{speed} ({why}){seed}",
        outcome.prompt_tokens, outcome.first_token_seconds, outcome.generated_tokens
    )
}
