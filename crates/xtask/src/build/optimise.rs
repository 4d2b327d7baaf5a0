//! The engine's module, made small by wasm-opt.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};

use super::bindings;
use super::package::Package;
use crate::install::node;
use crate::stamp::Stamp;
use crate::{paths, process, progress};

/// Not `--all-features`: what wasm-opt then writes does not load everywhere. The module itself says what it uses.
const OPTIONS: &[&str] = &["-Os", "--strip-debug", "--strip-producers"];

const LIMIT: Duration = Duration::from_secs(20 * 60);

fn module() -> PathBuf {
    paths::wasm_target().join("optimised.wasm")
}

/// Optimises the module.
pub fn run() -> Result<()> {
    let input = bindings::module();
    let lock = paths::root().join("package-lock.json");
    let stamp = Stamp::of("optimise", &[input.clone(), lock], &OPTIONS.join(" "))?;
    if !stamp.is_fresh() || !module().exists() {
        let partial = module().with_extension("partial");
        let mut command = node::tool("wasm-opt");
        process::run_logged("wasm-opt", LIMIT, command.args(OPTIONS).arg(&input).arg("-o").arg(&partial))?;
        fs::rename(&partial, module())?;
        stamp.set()?;
    }
    progress::note(format_args!("{} kB", size()? / 1000));
    Ok(())
}

/// Puts the module and its script into the extension.
pub fn add(package: &Package) -> Result<()> {
    let folder = package.folder.join("engine");
    fs::create_dir_all(&folder)?;
    fs::copy(bindings::script(), folder.join("worker.js"))?;
    fs::copy(module(), folder.join("worker_bg.wasm"))?;
    Ok(())
}

/// The size of what is shipped, in bytes.
pub fn size() -> Result<u64> {
    let path = module();
    Ok(fs::metadata(&path).with_context(|| format!("{} is missing", path.display()))?.len())
}
