//! `cargo xtask codegen`: the TypeScript twin of the crate `protocol`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{paths, process};

/// Where the types lie that the extension uses.
pub fn folder() -> PathBuf {
    paths::root().join("extension/generated")
}

/// Writes the types to [`folder`].
pub fn run() -> Result<()> {
    write(&folder())
}

/// Writes the types to `folder`.
pub fn write(folder: &Path) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(paths::root()).args(["run", "--quiet", "--package", "protocol"]);
    process::run(cargo.args(["--features", "typescript", "--example", "codegen", "--"]).arg(folder))
}
