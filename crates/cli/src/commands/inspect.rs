//! `sotto inspect MODEL`: what a file holds, and what it takes to run it.

use crate::{model::CacheChoice, source::FileSource};
use anyhow::Result;
use gguf::{Header, Value};
use models::Model;
use ops::CacheFormat;
use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write, stdout},
    path::PathBuf,
};

/// Characters of a metadata value that are shown.
const VALUE_CHARACTERS: usize = 80;

/// Which file, and for how much context.
#[derive(clap::Args)]
pub struct Args {
    /// The model: a GGUF file, or the first of several.
    model: PathBuf,
    /// Tokens of context to work memory out for; the model's own where not given.
    #[arg(long, value_name = "TOKENS")]
    context: Option<u32>,
    /// How keys and values would be kept.
    #[arg(long, value_enum, default_value_t = CacheChoice::F32)]
    cache: CacheChoice,
}

/// Prints metadata and tensors of any GGUF file; then the operations and the memory, if it is a model that can be run.
///
/// # Errors
/// When the file is damaged, or not a model that can be run.
pub async fn run(args: Args) -> Result<()> {
    let reader = gguf::Reader::open_parts(FileSource::open_all(&args.model)?).await?;
    let header = reader.header();
    let mut out = BufWriter::new(stdout().lock());
    print_file(&mut out, header)?;
    out.flush()?;
    let model = Model::from_header(header, args.context.map_or(usize::MAX, |context| context as usize))?;
    print_program(&mut out, &model)?;
    let context = args.context.map_or(model.context, |context| model.context.min(context as usize));
    print_memory(&mut out, header, &model, context, args.cache.into())?;
    Ok(out.flush()?)
}

fn print_file(out: &mut impl Write, header: &Header) -> io::Result<()> {
    writeln!(out, "GGUF version {}\n\nMetadata", header.version)?;
    for (key, value) in header.metadata.iter() {
        writeln!(out, "  {key} = {}", shown(value))?;
    }
    writeln!(out, "\nTensors")?;
    for tensor in &header.tensors {
        let shape = tensor.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ");
        let format = format!("{:?}", tensor.format);
        writeln!(out, "  {:<32} {format:<5} {shape:>16} {:>12}", tensor.name, tensor.bytes)?;
    }
    Ok(())
}

fn print_program(out: &mut impl Write, model: &Model) -> io::Result<()> {
    let mut counts = BTreeMap::new();
    for op in model.program.ops() {
        *counts.entry(op.name()).or_insert(0usize) += 1;
    }
    writeln!(out, "\nOperations of one step: {}", model.program.ops().len())?;
    for (name, count) in counts {
        writeln!(out, "  {count:5} {name}")?;
    }
    Ok(())
}

fn print_memory(
    out: &mut impl Write,
    header: &Header,
    model: &Model,
    context: usize,
    format: CacheFormat,
) -> io::Result<()> {
    let weights: u64 = header.tensors.iter().map(|t| t.bytes).sum();
    let values: u64 = header.tensors.iter().map(|t| t.elements() as u64).sum();
    let cache = model.program.cache();
    let position = cache.iter().map(|&layer| format.row_bytes(layer) as u64).sum::<u64>();
    writeln!(out, "\nMemory")?;
    writeln!(out, "  {:>14} bytes of weights, {:.1} million of them", weights, values as f64 / 1e6)?;
    writeln!(out, "  {:>14} bytes of keys and values a token", position)?;
    let cached = position.saturating_mul(context as u64);
    writeln!(out, "  {cached:>14} bytes of keys and values for a context of {context} tokens")?;
    writeln!(out, "  {:>14} bytes in all, apart from scratch memory", weights.saturating_add(cached))
}

/// A value on one line, long ones cut short, and without control characters: they come from the file.
fn shown(value: &Value) -> String {
    match value {
        Value::Uint(number) => number.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::String(text) => shortened(text),
        Value::Strings(items) => list(items.len(), items.iter().map(|item| shortened(item))),
        Value::Ints(items) => list(items.len(), items.iter().map(i64::to_string)),
        Value::Floats(items) => list(items.len(), items.iter().map(f32::to_string)),
        Value::Bools(items) => list(items.len(), items.iter().map(bool::to_string)),
    }
}

fn list(count: usize, items: impl Iterator<Item = String>) -> String {
    let first = items.take(3).collect::<Vec<_>>().join(", ");
    if count > 3 { format!("[{first}, … {count} in all]") } else { format!("[{first}]") }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(VALUE_CHARACTERS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_one_short_line() {
        let strings = ["a", "b\u{1b}[2J", "c", "d"].map(String::from).to_vec();
        assert_eq!(shown(&Value::Strings(strings)), r#"["a", "b\u{1b}[2J", "c", … 4 in all]"#);
        assert_eq!(shown(&Value::Ints(vec![-1, 2])), "[-1, 2]");
        let long = shown(&Value::String("é\n".repeat(100)));
        assert!(long.ends_with("…\"") && !long.contains('\n'));
    }
}
