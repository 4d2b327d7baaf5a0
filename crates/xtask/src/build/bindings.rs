//! The JavaScript side of the engine, by wasm-bindgen.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::{engine, optimise};
use crate::paths;
use crate::stamp::Stamp;

const NAME: &str = "worker";

fn folder() -> PathBuf {
    paths::wasm_target().join("bindings")
}

/// The module as wasm-bindgen leaves it, not optimised yet.
pub fn module() -> PathBuf {
    folder().join(format!("{NAME}_bg.wasm"))
}

/// Writes the engine's module and its bindings, and puts the bindings into the extension.
pub fn generate() -> Result<()> {
    let script = folder().join(format!("{NAME}.js"));
    let stamp = Stamp::of("bindings", &[engine::module()], "web")?;
    if !stamp.is_fresh() || !script.exists() || !module().exists() {
        Bindgen::new()
            .input_path(engine::module())
            .out_name(NAME)
            .web(true)?
            .typescript(false)
            .omit_default_module_path(false)
            .generate(folder())
            .context("wasm-bindgen failed")?;
        stamp.set()?;
    }
    fs::create_dir_all(optimise::folder())?;
    fs::copy(&script, optimise::folder().join(format!("{NAME}.js")))?;
    Ok(())
}
