//! The engine keeps to its budget.

use anyhow::{Result, bail};

use crate::build;

/// Builds the engine as it is shipped, and weighs it.
pub fn check() -> Result<()> {
    build::extension()?;
    let size = build::engine_size()?;
    if size > build::ENGINE_BUDGET {
        bail!("the engine weighs {size} bytes, and {} are allowed", build::ENGINE_BUDGET);
    }
    Ok(())
}
