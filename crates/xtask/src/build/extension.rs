//! The TypeScript, bundled, and what is copied as it is.

use std::process::Command;

use anyhow::Result;

use super::package::Package;
use crate::{paths, process};

/// Bundles; it takes less than a second, and so needs no stamp.
pub fn bundle(package: &Package) -> Result<()> {
    let script = paths::root().join("extension/build.mjs");
    let mut node = Command::new("node");
    node.current_dir(paths::root()).arg(script).arg("--out").arg(&package.folder);
    process::run(node.args(package.bench.then_some("--bench")))
}
