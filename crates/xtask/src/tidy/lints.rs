//! No warning, neither of the compiler nor of clippy.

use std::process::Command;

use anyhow::Result;

use crate::install::wasm;
use crate::{paths, process};

const DENY: &[&str] = &["--", "-D", "warnings"];

/// All crates, tests and examples, for this machine.
pub fn native() -> Result<()> {
    for what in [&["--workspace"][..], &["--package", "protocol", "--features", "typescript"]] {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo.current_dir(paths::root()).args(["clippy", "--locked", "--keep-going", "--all-targets"]);
        process::run(cargo.args(what).args(DENY))?;
    }
    Ok(())
}

/// The worker, and the crates of ours that it uses, for wasm32.
pub fn wasm() -> Result<()> {
    process::run(wasm::cargo("clippy")?.args(["--locked", "--package", "worker"]).args(DENY))
}
