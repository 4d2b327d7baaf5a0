//! The JavaScript side of the engine, by wasm-bindgen.

use std::path::PathBuf;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::engine;
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

/// The script that loads the module.
pub fn script() -> PathBuf {
    folder().join(format!("{NAME}.js"))
}

/// Writes the engine's module and its bindings.
pub fn generate() -> Result<()> {
    let stamp = Stamp::of("bindings", &[engine::module()], "web")?;
    if !stamp.is_fresh() || !script().exists() || !module().exists() {
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
    Ok(())
}
