//! `cargo xtask codegen`: the TypeScript twin of the crate `protocol`, and the types of the strings.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{paths, process};

/// Where the types lie that the extension uses.
pub fn folder() -> PathBuf {
    paths::root().join("extension/generated")
}

/// Writes all types to [`folder`].
pub fn run() -> Result<()> {
    write_protocol(&folder())?;
    process::run(&mut strings())
}

/// The command that writes the types of the strings to [`folder`]; with `--check`, the one that compares them.
pub fn strings() -> Command {
    let mut node = Command::new("node");
    node.current_dir(paths::root()).arg("extension/messages.mjs");
    node
}

/// Writes the protocol's types to `folder`.
pub fn write_protocol(folder: &Path) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(paths::root()).args(["run", "--quiet", "--package", "protocol"]);
    process::run(cargo.args(["--features", "typescript", "--example", "codegen", "--"]).arg(folder))
}
