//! Node and the packages of package-lock.json: esbuild, TypeScript, wasm-opt, Playwright, page extraction.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::stamp::Stamp;
use crate::{paths, process, progress};

const OLDEST: u32 = 20;

/// Whether node and npm are there and new enough.
pub fn check() -> Result<()> {
    let version = process::output(Command::new("node").arg("--version"))
        .with_context(|| format!("node {OLDEST} or newer is needed, and is not on the search path"))?;
    if major(&version).is_none_or(|major| major < OLDEST) {
        bail!("node {OLDEST} or newer is needed; this is {}", version.trim());
    }
    paths::program("npm").context("npm is needed, and is not on the search path")?;
    Ok(())
}

fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs the packages of package-lock.json, where they are not the ones that are there.
pub fn packages() -> Result<()> {
    let files = ["package.json", "package-lock.json"].map(|name| paths::root().join(name));
    let stamp = Stamp::of("npm", &files, "")?;
    if stamp.is_fresh() && paths::root().join("node_modules/.package-lock.json").exists() {
        return Ok(());
    }
    progress::timed("Installing the npm packages", || {
        let mut command = Command::new("npm");
        command.current_dir(paths::root()).args(["ci", "--no-audit", "--no-fund"]);
        process::run_logged("npm", Duration::from_secs(15 * 60), &mut command)?;
        stamp.set()
    })
}

/// A program that came with the packages.
pub fn tool(name: &str) -> Command {
    let path: PathBuf = paths::root().join("node_modules/.bin").join(name);
    let mut command = Command::new(path);
    command.current_dir(paths::root());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v9.1.0"), Some(9));
        assert_eq!(major("what"), None);
    }
}
