//! `cargo xtask COMMAND`: everything that is done with this repository, one command each.

mod build;
mod codegen;
mod demo;
mod install;
mod paths;
mod process;
mod progress;
mod stamp;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  demo [--headed]   install what is missing, build, and run the three jobs in a real Chromium
  test              every check and every test there is
  build [--bench] [--without-model]
                    write the extension to dist/chrome; with its bench page, and then to dist/bench; without the
                    default model
  tidy              formatting, lints, types, dependency directions, licences, sizes
  codegen           write the TypeScript types of the protocol
  install           install what demo and test need, and nothing else
  ci                the same as test
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    if !rest.is_empty() && !["demo", "build"].contains(&command.as_str()) {
        bail!("`cargo xtask {command}` takes no arguments\n\n{HELP}");
    }
    match command.as_str() {
        "demo" => demo::run(&rest),
        "test" | "ci" => test::run(),
        "build" => build::run(&rest),
        "tidy" => tidy::run(),
        "codegen" => codegen::run(),
        "install" => install::everything(),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        unknown => bail!("there is no command `{unknown}`\n\n{HELP}"),
    }
}
