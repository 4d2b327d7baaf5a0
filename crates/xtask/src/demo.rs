//! `cargo xtask demo`: the three jobs, in a real Chromium, on a real page, with a real model.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::install::browser;
use crate::{build, install, paths, process, progress};

/// Installs, builds and demonstrates; `arguments` go to the demonstration.
pub fn run(arguments: &[String]) -> Result<()> {
    let start = Instant::now();
    install::for_demo()?;
    build::extension()?;
    progress::step(format_args!("Demonstration (all before it: {})", progress::duration(start.elapsed())));
    let script = paths::root().join("tests/e2e/demo.mjs");
    process::run(
        Command::new("node").current_dir(paths::root()).arg(script).args(arguments).envs(browser::variable()),
    )
    .context("the demonstration did not come to its end; what it wrote above says why")?;
    progress::step(format_args!("Done after {}", progress::duration(start.elapsed())));
    Ok(())
}
