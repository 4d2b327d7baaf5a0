//! `sotto bench MODEL`: tokens per second, and the wait for the first one.

use crate::{
    any_backend::AnyBackend,
    interrupt,
    model::{self, ModelArgs},
    progress::ProgressLine,
};
use anyhow::{Result, bail};
use engine::Session;
use serde::Serialize;
use std::{
    io::{Write, stdout},
    time::Instant,
};
use text::{Cancel, Finish, Flow, Options, Outcome, Progress, Sampling, Specials};

/// What prompts are cut from; repeated as often as it takes.
const TEXT: &str = "The ferry left the harbour a little after nine, with the post, four bicycles and a crate of \
                    hens on deck. Nobody on board knew that it would be the last crossing of the year, and the \
                    captain, who had his suspicions, kept them to himself. ";

/// What to measure, and how often.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// Tokens of each prompt.
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..))]
    prompt_tokens: u32,
    /// Tokens to write after each prompt.
    #[arg(long, value_name = "N", default_value_t = 128, value_parser = clap::value_parser!(u32).range(2..))]
    generate: u32,
    /// How often; a first run is not counted.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    sotto: &'static str,
    system: &'static str,
    machine: &'static str,
    adapter: String,
    driver: String,
    software: bool,
    lanes: String,
    model: String,
    weight_bytes: Option<u64>,
    context_tokens: u32,
    load_seconds: f64,
    dispatches_per_token: Option<usize>,
    prompt_tokens: u32,
    runs: Vec<Run>,
    median: Run,
}

#[derive(Clone, Serialize)]
struct Run {
    generated_tokens: u32,
    first_token_seconds: f64,
    prefill_tokens_per_second: f64,
    decode_tokens_per_second: f64,
}

/// Measures and reports medians.
///
/// # Errors
/// When the model fails, or writes too little to measure.
pub async fn run(args: Args) -> Result<()> {
    let start = Instant::now();
    let mut session = model::load(&args.model).await?;
    let load_seconds = start.elapsed().as_secs_f64();
    let text = session.tokenizer().encode(TEXT, Specials::Plain);
    if text.is_empty() {
        bail!("the model's vocabulary cannot write English, which the benchmark reads; choose another model");
    }
    let mut progress = ProgressLine::of_tokens("Measuring");
    let steps = u64::from(args.runs) + 1;
    let mut runs = Vec::new();
    for run in 0..steps {
        progress.show(run * u64::from(args.prompt_tokens), steps * u64::from(args.prompt_tokens));
        // Each prompt begins at another word, so that nothing of the one before can be reused.
        let prompt: Vec<u32> = text
            .iter()
            .cycle()
            .skip(run as usize % text.len())
            .take(args.prompt_tokens as usize)
            .copied()
            .collect();
        let outcome = measure(&mut session, &prompt, args.generate).await?;
        if interrupt::requested() {
            return Ok(());
        }
        if run > 0 {
            runs.push(Run::of(&outcome)?);
        }
    }
    drop(progress);
    let report = report(&session, load_seconds, args.prompt_tokens, runs);
    let mut out = stdout().lock();
    match args.json {
        true => writeln!(out, "{}", serde_json::to_string(&report)?)?,
        false => write!(out, "{}", table(&report))?,
    }
    Ok(())
}

async fn measure(session: &mut Session<AnyBackend>, prompt: &[u32], most: u32) -> Result<Outcome> {
    let cancel = Cancel::default();
    let options = Options { max_tokens: most, sampling: Sampling::GREEDY };
    let mut listener = |_: Progress<'_>| {
        if interrupt::requested() { Flow::Stop } else { Flow::Continue }
    };
    Ok(session.continue_tokens(prompt, &options, &cancel, &mut listener).await?)
}

impl Run {
    fn of(outcome: &Outcome) -> Result<Self> {
        if outcome.reused_tokens > 0 {
            bail!(
                "{} tokens of the prompt were resident already, so its time means nothing",
                outcome.reused_tokens
            );
        }
        // The first token belongs to the prompt's time; a stop token is a step as well.
        let steps = match outcome.finish {
            Finish::Stop => outcome.generated_tokens,
            _ => outcome.generated_tokens.saturating_sub(1),
        };
        if steps == 0 {
            bail!(
                "the model ended its text after {} tokens; choose another --prompt-tokens",
                outcome.generated_tokens
            );
        }
        Ok(Self {
            generated_tokens: outcome.generated_tokens,
            first_token_seconds: outcome.first_token_seconds,
            prefill_tokens_per_second: f64::from(outcome.prompt_tokens) / outcome.first_token_seconds,
            decode_tokens_per_second: f64::from(steps) / outcome.decode_seconds,
        })
    }
}

fn report(session: &Session<AnyBackend>, load_seconds: f64, prompt_tokens: u32, runs: Vec<Run>) -> Report {
    let mut report = Report {
        sotto: env!("CARGO_PKG_VERSION"),
        system: std::env::consts::OS,
        machine: std::env::consts::ARCH,
        adapter: "reference loops".into(),
        driver: String::new(),
        software: true,
        lanes: String::new(),
        model: session.model().name.clone(),
        weight_bytes: None,
        context_tokens: text::Generate::context_tokens(session),
        load_seconds,
        dispatches_per_token: None,
        prompt_tokens,
        median: Run {
            generated_tokens: median(runs.iter().map(|run| run.generated_tokens.into())) as u32,
            first_token_seconds: median(runs.iter().map(|run| run.first_token_seconds)),
            prefill_tokens_per_second: median(runs.iter().map(|run| run.prefill_tokens_per_second)),
            decode_tokens_per_second: median(runs.iter().map(|run| run.decode_tokens_per_second)),
        },
        runs,
    };
    if let AnyBackend::Gpu(backend, adapter) = session.backend() {
        report.adapter = adapter.name.clone();
        report.driver = adapter.driver.clone();
        report.software = adapter.software;
        report.lanes = format!("{:?}", adapter.lanes).to_lowercase();
        report.weight_bytes = Some(backend.weight_bytes());
        report.dispatches_per_token = Some(backend.dispatches_per_token());
    }
    report
}

/// The middle one; of an even number, the mean of the two in the middle.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}

fn table(report: &Report) -> String {
    let mut rows = vec![
        ("sotto", format!("{} on {} {}", report.sotto, report.system, report.machine)),
        (
            "adapter",
            report.adapter.clone() + if report.software { " (no GPU: on the processor)" } else { "" },
        ),
        ("driver", report.driver.clone()),
        ("lanes", report.lanes.clone()),
        ("model", report.model.clone()),
    ];
    if let Some(bytes) = report.weight_bytes {
        rows.push(("weights", format!("{:.1} MB on the GPU", bytes as f64 / 1e6)));
    }
    if let Some(dispatches) = report.dispatches_per_token {
        rows.push(("dispatches", format!("{dispatches} a token")));
    }
    let Run { generated_tokens, first_token_seconds, prefill_tokens_per_second, decode_tokens_per_second } =
        &report.median;
    rows.extend([
        ("load", format!("{:.2} s", report.load_seconds)),
        ("runs", format!("{}; medians:", report.runs.len())),
        ("first token", format!("{first_token_seconds:.3} s, {} tokens read", report.prompt_tokens)),
        ("reading", format!("{prefill_tokens_per_second:.1} tokens/s")),
        ("writing", format!("{decode_tokens_per_second:.1} tokens/s, {generated_tokens} tokens written")),
    ]);
    rows.retain(|(_, value)| !value.is_empty());
    rows.into_iter().map(|(name, value)| format!("{name:<12} {value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
    }

    #[test]
    fn the_first_token_is_no_decoding_step_and_a_stop_token_is_one() {
        let outcome = Outcome {
            finish: Finish::Length,
            prompt_tokens: 100,
            reused_tokens: 0,
            generated_tokens: 11,
            first_token_seconds: 0.5,
            decode_seconds: 2.0,
        };
        let run = Run::of(&outcome).expect("enough");
        assert_eq!((run.prefill_tokens_per_second, run.decode_tokens_per_second), (200.0, 5.0));
        let stopped = Run::of(&Outcome { finish: Finish::Stop, ..outcome }).expect("enough");
        assert_eq!(stopped.decode_tokens_per_second, 5.5);
        assert!(Run::of(&Outcome { reused_tokens: 1, ..outcome }).is_err());
        assert!(Run::of(&Outcome { generated_tokens: 1, ..outcome }).is_err());
    }
}
