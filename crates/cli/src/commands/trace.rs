//! `sotto trace MODEL`: how long each kernel of a step takes.

use crate::{
    any_backend::AnyBackend,
    model::{self, ModelArgs},
};
use anyhow::{Context, Result, bail};
use gpu::Span;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fs,
    io::{Write, stdout},
    path::{Path, PathBuf},
};

/// Which step to time.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// Tokens of the step: 1 is a step of writing, more is one of reading.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    tokens: u32,
    /// Tokens in the context before the step.
    #[arg(long, value_name = "N", default_value_t = 512)]
    position: u32,
    /// How often to run the step; a first run is not counted.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Write the last run as a Chrome trace (chrome://tracing) to this file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// One event of a Chrome trace; times in microseconds.
#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    ph: &'static str,
    ts: f64,
    dur: f64,
    pid: u32,
    tid: u32,
}

/// Times the kernels and prints a table of them.
///
/// # Errors
/// When the model fails, or the adapter has no timestamps.
pub async fn run(args: Args) -> Result<()> {
    let backend = model::load(&args.model).await?.into_backend();
    let table = trace(backend, args.position, args.tokens, args.runs, args.out.as_deref()).await?;
    Ok(write!(stdout().lock(), "{table}")?)
}

/// A table of the kernels of a step of `tokens` at `position`; the last of the runs goes to `out`, as a Chrome trace.
///
/// # Errors
/// When the backend has no kernels or no timestamps, or `out` cannot be written.
pub async fn trace(
    backend: AnyBackend,
    position: u32,
    tokens: u32,
    runs: u32,
    out: Option<&Path>,
) -> Result<String> {
    let AnyBackend::Gpu(mut backend) = backend else {
        bail!("the reference loops have no kernels to time; leave --backend out");
    };
    let mut spans = Vec::new();
    for _ in 0..=runs {
        spans.push(backend.trace(position as usize, tokens as usize).await?);
    }
    if let (Some(path), Some(last)) = (out, spans.last()) {
        let events: Vec<_> = last.iter().map(event).collect();
        fs::write(path, serde_json::to_string(&events)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(table(&spans[1..]))
}

fn event(span: &Span) -> Event<'_> {
    Event { name: &span.kernel, ph: "X", ts: span.start * 1e6, dur: span.duration * 1e6, pid: 0, tid: 0 }
}

/// A line a kernel: how often a step runs it, and the mean of its times.
fn table(runs: &[Vec<Span>]) -> String {
    let mut kernels: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for span in runs.iter().flatten() {
        let (count, seconds) = kernels.entry(&span.kernel).or_default();
        *count += 1;
        *seconds += span.duration;
    }
    let mut rows: Vec<_> = kernels.into_iter().collect();
    rows.sort_by(|(_, (_, a)), (_, (_, b))| b.total_cmp(a));
    let n = runs.len().max(1);
    let mut table = format!("{:<28} {:>6} {:>11} {:>11}\n", "kernel", "times", "each, µs", "all, µs");
    let all: f64 = rows.iter().map(|(_, (_, seconds))| seconds).sum();
    for (kernel, (count, seconds)) in rows {
        let each = seconds / count as f64 * 1e6;
        table += &format!("{kernel:<28} {:>6} {each:>11.1} {:>11.1}\n", count / n, seconds / n as f64 * 1e6);
    }
    table + &format!("{:<28} {:>6} {:>11} {:>11.1}\n", "together", "", "", all / n as f64 * 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_has_one_line_with_its_mean() {
        let span = |kernel: &str, duration| Span { kernel: kernel.into(), start: 0.0, duration };
        let runs = [
            vec![span("slow", 3e-6), span("slow", 5e-6), span("quick", 1e-6)],
            vec![span("slow", 3e-6), span("slow", 5e-6), span("quick", 1e-6)],
        ];
        let table = table(&runs);
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["slow", "2", "4.0", "8.0"]);
        assert_eq!(lines[2], ["quick", "1", "1.0", "1.0"]);
        assert_eq!(lines[3], ["together", "9.0"]);
    }
}
