//! Rust is written as rustfmt writes it.

use std::process::Command;

use anyhow::Result;

use crate::{paths, process};

/// Whether rustfmt would change nothing.
pub fn check() -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    process::run(cargo.current_dir(paths::root()).args([
        "fmt",
        "--all",
        "--",
        "--check",
        "--files-with-diff",
    ]))
}
