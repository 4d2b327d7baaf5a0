//! `cargo xtask build`: dist/chrome from the crates, the extension's sources and the model.

mod bindings;
mod engine;
mod extension;
mod model;
mod optimise;

use anyhow::Result;

use crate::install;
use crate::progress::{self, timed};

/// The most that the engine may weigh, in bytes, as shipped: it is compiled anew whenever the worker starts.
pub const ENGINE_BUDGET: u64 = 3_500_000;

/// Installs what is missing and builds the extension.
pub fn run() -> Result<()> {
    install::for_build()?;
    extension()
}

/// Builds the extension. A step whose inputs have not changed is not run again.
pub fn extension() -> Result<()> {
    timed("Compiling the engine for wasm32", engine::compile)?;
    timed("Bundling the extension", extension::bundle)?;
    timed("Writing the engine's bindings", bindings::generate)?;
    timed("Optimising the engine", optimise::run)?;
    timed("Adding the default model", model::add)?;
    progress::note(format_args!("the extension lies in {}", crate::paths::dist().display()));
    Ok(())
}

/// The size of the engine in dist/chrome, in bytes.
pub fn engine_size() -> Result<u64> {
    optimise::size()
}
