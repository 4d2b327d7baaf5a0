//! `sotto quantize MODEL OUT --type TYPE`: a model's weights in another format.

use crate::{
    commands::perplexity::Cut,
    model::ModelArgs,
    quantize::{importance::Importance, recipe::FileType, report, weights::Weights, write},
    texts,
};
use anyhow::{Result, bail};
use gguf::Format;
use std::{
    io::{Write, stdout},
    path::PathBuf,
};

/// What to make of which model. Context, backend and the like are for `--report`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    model: ModelArgs,
    /// The file to write.
    #[arg(required_unless_present = "report", conflicts_with = "report")]
    out: Option<PathBuf>,
    /// The format of most matrices. Rows that are no whole blocks of it, and the parts where errors cost most, get
    /// more bits, as with llama.cpp.
    #[arg(long = "type", value_enum, value_name = "TYPE", required = true, value_delimiter = ',')]
    kinds: Vec<FileType>,
    /// How much each column matters: what llama.cpp's `imatrix` wrote, as GGUF.
    #[arg(long, value_name = "FILE")]
    importance: Option<PathBuf>,
    /// Keep no file: print what each type costs in perplexity over this text, and how far it is from the model.
    #[arg(long, value_name = "TEXT")]
    report: Option<PathBuf>,
    #[command(flatten)]
    cut: Cut,
    /// Print the report as a JSON array.
    #[arg(long, requires = "report")]
    json: bool,
}

/// Writes the file and says how large it is, or reports.
///
/// # Errors
/// When the model cannot be read or run, or the file not be written.
pub async fn run(args: Args) -> Result<()> {
    let importance = match &args.importance {
        Some(path) => Importance::read(path).await?,
        None => Importance::default(),
    };
    let weights = Weights::open(&args.model.model).await?;
    warn_of_losses(&weights);
    if let Some(text) = &args.report {
        let text = texts::read(text)?;
        let rows = report::report(&args.model, &args.kinds, &importance, &text, args.cut).await?;
        return print(&rows, args.json);
    }
    let (Some(out), [kind]) = (&args.out, &args.kinds[..]) else {
        bail!("a file has one type; give several with --report only");
    };
    if out.exists() && out.canonicalize()? == args.model.model.canonicalize()? {
        bail!("the model would be written over itself; give the new file another name");
    }
    let written = write::write(weights, *kind, &importance, out).await?;
    Ok(writeln!(stdout(), "{} bytes, {:.2} bits a weight", written.bytes, written.bits)?)
}

fn print(rows: &[report::Row], json: bool) -> Result<()> {
    let mut out = stdout().lock();
    if json {
        return Ok(writeln!(out, "{}", serde_json::to_string(rows)?)?);
    }
    writeln!(
        out,
        "{:<8} {:>14} {:>6} {:>18} {:>9} {:>8}",
        "type", "bytes", "bits", "perplexity", "mean KL", "top-1"
    )?;
    for row in rows {
        let (kind, bits) =
            (row.kind.as_deref().unwrap_or("source"), row.bits.map(|bits| format!("{bits:.2}")));
        let perplexity = format!("{:.3} ± {:.3}", row.perplexity, row.error);
        writeln!(
            out,
            "{kind:<8} {:>14} {:>6} {perplexity:>18} {:>9.2e} {:>7.2}%",
            row.bytes,
            bits.unwrap_or_default(),
            row.divergence,
            100.0 * row.agreement
        )?;
    }
    Ok(())
}

/// Says so where the weights are quantised already: what is lost adds up.
fn warn_of_losses(weights: &Weights) {
    let is_float = |format| matches!(format, Format::F32 | Format::F16 | Format::BF16);
    if let Some(weight) = weights.list.iter().find(|weight| !is_float(weight.format)) {
        eprintln!(
            "sotto: the weights are quantised already ({} is {}); better begin with those that are not.",
            weight.name, weight.format
        );
    }
}
