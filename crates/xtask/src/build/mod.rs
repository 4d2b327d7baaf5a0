//! `cargo xtask build`: dist/chrome from the crates, the extension's sources and the model.

mod bindings;
mod engine;
mod extension;
mod model;
mod optimise;
mod package;

use anyhow::Result;

use crate::install;
use crate::progress::{self, timed};
use package::Package;

/// The most that the engine may weigh, in bytes, as shipped: it is compiled anew whenever the worker starts.
pub const ENGINE_BUDGET: u64 = 3_500_000;

/// Installs what is missing and builds the extension, as `arguments` want it.
pub fn run(arguments: &[String]) -> Result<()> {
    let package = Package::from_arguments(arguments)?;
    install::for_build()?;
    build(&package)
}

/// Builds the extension as it is shipped.
pub fn extension() -> Result<()> {
    build(&Package::shipped())
}

/// A step whose inputs have not changed is not run again.
fn build(package: &Package) -> Result<()> {
    timed("Compiling the engine for wasm32", engine::compile)?;
    timed("Writing the engine's bindings", bindings::generate)?;
    timed("Optimising the engine", optimise::run)?;
    timed("Bundling the extension", || extension::bundle(package))?;
    timed("Adding the engine", || optimise::add(package))?;
    timed("Adding the default model", || model::add(package))?;
    progress::note(format_args!("the extension lies in {}", package.folder.display()));
    Ok(())
}

/// The size of the engine as shipped, in bytes.
pub fn engine_size() -> Result<u64> {
    optimise::size()
}
