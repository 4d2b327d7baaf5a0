//! The extension's TypeScript holds to its types.

use anyhow::Result;

use crate::install::node;
use crate::process;

/// Whether the strict compiler has nothing to say.
pub fn check() -> Result<()> {
    process::run(node::tool("tsc").args(["--noEmit", "--project", "."]))
}
