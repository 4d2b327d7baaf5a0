//! `sotto bench MODEL`: tokens per second, and the wait for the first one.

use crate::{
    any_backend::AnyBackend,
    commands::trace,
    interrupt,
    model::{self, ModelArgs},
    progress::ProgressLine,
};
use anyhow::Result;
use engine::{BenchError, Session};
use gpu::Adapter;
use ops::Backend;
use protocol::{AdapterInfo, BenchFigures, BenchModel, BenchOptions, BenchReport};
use std::{
    io::{Write, stdout},
    path::PathBuf,
    time::Instant,
};
use text::Flow;

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
    /// Also measure writing with N tokens in the context.
    #[arg(long, value_name = "N", default_value_t = 0)]
    depth: u32,
    /// Also measure reading N tokens, and reading them again with the last 40 replaced.
    #[arg(long, value_name = "N", default_value_t = 0)]
    again: u32,
    /// Also time every kernel of a step of writing after the prompt, and write that as a Chrome trace to this file.
    /// `sotto trace` times other steps.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    trace: Option<PathBuf>,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

impl Args {
    fn options(&self) -> BenchOptions {
        BenchOptions {
            prompt_tokens: self.prompt_tokens,
            generated_tokens: self.generate,
            runs: self.runs,
            depth_tokens: self.depth,
            again_tokens: self.again,
        }
    }
}

/// Measures and reports medians.
///
/// # Errors
/// When the model fails, or its context is too short to measure.
pub async fn run(args: Args) -> Result<()> {
    let start = Instant::now();
    let mut session = model::load(&args.model).await?;
    let load_seconds = start.elapsed().as_secs_f64();
    let mut progress = ProgressLine::of_runs("Measuring");
    let figures = engine::measure(&mut session, &args.options(), &mut |done, total| {
        progress.show(done.into(), total.into());
        if interrupt::requested() { Flow::Stop } else { Flow::Continue }
    })
    .await;
    drop(progress);
    let figures = match figures {
        // The interruption has its own exit code.
        Err(BenchError::Stopped) => return Ok(()),
        figures => figures?,
    };
    let report = report(&session, load_seconds, figures);
    let mut out = stdout().lock();
    match args.json {
        true => writeln!(out, "{}", serde_json::to_string(&report)?)?,
        false => write!(out, "{}", table(&report))?,
    }
    if let Some(path) = &args.trace {
        let kernels =
            trace::trace(session.into_backend(), args.prompt_tokens, 1, args.runs, Some(path)).await?;
        write!(out, "\n{kernels}")?;
    }
    Ok(())
}

fn report(session: &Session<AnyBackend>, load_seconds: f64, figures: BenchFigures) -> BenchReport {
    let gpu = match session.backend() {
        AnyBackend::Gpu(backend) => Some(backend),
        AnyBackend::Reference(_) => None,
    };
    let adapter = gpu.map(|backend| backend.adapter());
    let mut variants = adapter.map(Adapter::variants).unwrap_or_default();
    variants.push(format!("cache: {:?}", session.backend().cache_layout().format).to_lowercase());
    BenchReport {
        version: env!("CARGO_PKG_VERSION").into(),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        adapter: AdapterInfo {
            name: adapter.map_or("reference loops".into(), |adapter| adapter.name.clone()),
            software: adapter.is_none_or(|adapter| adapter.software),
            variants,
        },
        driver: adapter.map(|adapter| adapter.driver.clone()).unwrap_or_default(),
        model: BenchModel {
            name: session.model().name.clone(),
            context_tokens: text::Generate::context_tokens(session),
            weight_bytes: gpu.map(|backend| backend.weight_bytes()),
            dispatches_per_token: gpu.map(|backend| backend.dispatches_per_token() as u32),
            heap_bytes: None,
        },
        load_seconds,
        load: session.load_times(),
        figures,
    }
}

fn load_row(report: &BenchReport) -> String {
    let load = report.load;
    format!(
        "{:.2} s: header {:.2}, kernels {:.2}, tokenizer {:.2}, weights {:.2}, first steps {:.2}",
        report.load_seconds,
        load.header_seconds,
        load.prepare_seconds,
        load.tokenizer_seconds,
        load.weights_seconds,
        load.ready_seconds
    )
}

fn table(report: &BenchReport) -> String {
    let BenchReport { adapter, model, figures, .. } = report;
    let mut rows = vec![
        ("sotto", format!("{} on {}", report.version, report.system)),
        ("adapter", adapter.name.clone() + if adapter.software { " (no GPU: on the processor)" } else { "" }),
        ("driver", report.driver.clone()),
        ("variants", adapter.variants.join(", ")),
        ("model", model.name.clone()),
    ];
    if let Some(bytes) = model.weight_bytes {
        rows.push(("weights", format!("{:.1} MB on the GPU", bytes as f64 / 1e6)));
    }
    if let Some(dispatches) = model.dispatches_per_token {
        rows.push(("dispatches", format!("{dispatches} a token")));
    }
    let median = &figures.median;
    rows.extend([
        ("load", load_row(report)),
        ("cold", format!("{:.3} s to the very first token", figures.cold_first_token_seconds)),
        ("runs", format!("{}; medians:", figures.runs.len())),
        (
            "first token",
            format!("{:.3} s, {} tokens read", median.first_token_seconds, figures.prompt_tokens),
        ),
        ("reading", format!("{:.1} tokens/s", median.prefill_tokens_per_second)),
        (
            "writing",
            format!(
                "{:.1} tokens/s, {} tokens written",
                median.decode_tokens_per_second, figures.generated_tokens
            ),
        ),
        (
            "stop",
            format!(
                "heard within {:.3} s of reading, {:.3} s of writing",
                figures.stop.reading_seconds, figures.stop.writing_seconds
            ),
        ),
    ]);
    if let Some(depth) = figures.depth {
        rows.push((
            "depth",
            format!(
                "writing after {} tokens: {:.1} tokens/s; after one: {:.1}; ratio {:.2}",
                depth.tokens, depth.deep_tokens_per_second, depth.empty_tokens_per_second, depth.ratio
            ),
        ));
    }
    if let Some(again) = figures.again {
        rows.push((
            "again",
            format!(
                "{} tokens: {:.3} s to the first token; with the last {} replaced: {:.3} s; ratio {:.1}",
                again.tokens, again.fresh_seconds, again.replaced_tokens, again.again_seconds, again.ratio
            ),
        ));
    }
    rows.retain(|(_, value)| !value.is_empty());
    rows.into_iter().map(|(name, value)| format!("{name:<12} {value}\n")).collect()
}
