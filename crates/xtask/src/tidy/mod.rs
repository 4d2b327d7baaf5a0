//! `cargo xtask tidy`: what is held by rule, and not by anyone's memory. One rule a file.

mod dependencies;
mod directions;
mod formatting;
mod generated;
mod kernels;
mod licences;
mod lints;
mod purity;
mod size;
mod texts;
mod types;

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{install, progress};

/// A rule: its name, and the check that fails with what is wrong.
type Rule = (&'static str, fn() -> Result<()>);

/// The quick ones first.
const RULES: &[Rule] = &[
    ("formatting", formatting::check),
    ("directions of dependencies", directions::check),
    ("licences of dependencies", licences::check),
    ("no I/O, clock or entropy in libraries", purity::check),
    ("kernels and their twins", kernels::check),
    ("no registry and no machine in the texts", texts::check),
    ("lints, native", lints::native),
    ("lints, wasm32", lints::wasm),
    ("generated types are up to date", generated::check),
    ("types of the extension", types::check),
    ("size of the engine", size::check),
];

/// What came of the rules.
pub struct Outcome {
    /// How many hold.
    pub passed: usize,
    /// The names of those that do not.
    pub failed: Vec<&'static str>,
}

/// Checks every rule, and fails when one is broken.
pub fn run() -> Result<()> {
    install::for_build()?;
    let outcome = check();
    if !outcome.failed.is_empty() {
        bail!("{} of {} rules are broken: {}", outcome.failed.len(), RULES.len(), outcome.failed.join("; "));
    }
    progress::step(format_args!("All {} rules hold", outcome.passed));
    Ok(())
}

/// Checks every rule, also after one that is broken.
pub fn check() -> Outcome {
    let mut outcome = Outcome { passed: 0, failed: Vec::new() };
    for &(name, rule) in RULES {
        progress::step(format_args!("Tidy: {name}"));
        let start = Instant::now();
        let result = rule();
        let time = progress::duration(start.elapsed());
        match result {
            Ok(()) => {
                progress::note(format_args!("holds ({time})"));
                outcome.passed += 1;
            }
            Err(error) => {
                progress::note(format_args!("BROKEN ({time}): {error:#}"));
                outcome.failed.push(name);
            }
        }
    }
    outcome
}

/// Fails with all of `faults`, one a line, if there are any.
fn all_or(faults: &[String]) -> Result<()> {
    if !faults.is_empty() {
        bail!("\n      {}", faults.join("\n      "));
    }
    Ok(())
}
