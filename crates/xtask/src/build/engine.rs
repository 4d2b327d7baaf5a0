//! The worker, compiled for wasm32 as it is shipped.

use std::path::PathBuf;

use anyhow::Result;

use crate::install::wasm;
use crate::{paths, process};

const PROFILE: &str = "wasm";

/// Compiles; Cargo knows what has changed.
pub fn compile() -> Result<()> {
    process::run(wasm::cargo("build")?.args(["--package", "worker", "--profile", PROFILE, "--locked"]))
}

/// What the compiler wrote.
pub fn module() -> PathBuf {
    paths::wasm_target().join(wasm::TARGET).join(PROFILE).join("worker.wasm")
}
