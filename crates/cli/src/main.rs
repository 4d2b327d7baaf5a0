//! `sotto`: the extension's engine, natively.

mod any_backend;
mod commands;
mod complaint;
mod interrupt;
mod job;
mod model;
mod preferences;
mod progress;
mod quantize;
mod source;
mod texts;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Runs language models on this machine's GPU, and nowhere else.
#[derive(Parser)]
#[command(name = "sotto", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Continue a text.
    Run(commands::run::Args),
    /// Talk with the model, about a text if one is given.
    Chat(commands::chat::Args),
    /// Summarise a text, with the passages that the summary rests on.
    Summarize(commands::summarize::Args),
    /// Reword a text, and show the difference.
    Rewrite(commands::rewrite::Args),
    /// Explain code, or add comments to it.
    Explain(commands::explain::Args),
    /// Measure how fast the model is on this machine.
    Bench(commands::bench::Args),
    /// Measure how long each kernel of a step takes.
    Trace(commands::trace::Args),
    /// Measure what guessing the next tokens gains, text by text.
    Guesses(commands::guesses::Args),
    /// Measure how good the summaries of a folder's texts are.
    Quality(commands::quality::Args),
    /// Show what a model file holds, and what it needs.
    Inspect(commands::inspect::Args),
    /// Print the token ids of a text, as a JSON array.
    Tokenize(commands::tokenize::Args),
    /// Print the likeliest next tokens at every position of a text, as JSON lines.
    Logits(commands::logits::Args),
    /// Print the perplexity of a text: how little the model expected it.
    Perplexity(commands::perplexity::Args),
    /// Write a model's weights in another format: a GGUF file's, or those of a folder as Hugging Face has models.
    Quantize(commands::quantize::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = interrupt::install().and_then(|()| {
        pollster::block_on(async {
            match cli.command {
                Command::Run(args) => commands::run::run(args).await,
                Command::Chat(args) => commands::chat::run(args).await,
                Command::Summarize(args) => commands::summarize::run(args).await,
                Command::Rewrite(args) => commands::rewrite::run(args).await,
                Command::Explain(args) => commands::explain::run(args).await,
                Command::Bench(args) => commands::bench::run(args).await,
                Command::Guesses(args) => commands::guesses::run(args).await,
                Command::Quality(args) => commands::quality::run(args).await,
                Command::Trace(args) => commands::trace::run(args).await,
                Command::Inspect(args) => commands::inspect::run(args).await,
                Command::Tokenize(args) => commands::tokenize::run(args).await,
                Command::Logits(args) => commands::logits::run(args).await,
                Command::Quantize(args) => commands::quantize::run(args).await,
                Command::Perplexity(args) => commands::perplexity::run(args).await,
            }
        })
    });
    if interrupt::requested() {
        return ExitCode::from(interrupt::EXIT_CODE);
    }
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read our output has had enough.
        Err(error) if complaint::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sotto: {}", complaint::sentence(&error));
            ExitCode::FAILURE
        }
    }
}
