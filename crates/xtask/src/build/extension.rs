//! The TypeScript, bundled, and what is copied as it is.

use std::process::Command;

use anyhow::Result;

use crate::{paths, process};

/// Bundles; it takes less than a second, and so needs no stamp.
pub fn bundle() -> Result<()> {
    let script = paths::root().join("extension/build.mjs");
    process::run(Command::new("node").current_dir(paths::root()).arg(script).arg("--out").arg(paths::dist()))
}
