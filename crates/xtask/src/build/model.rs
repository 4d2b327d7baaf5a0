//! The default model's place in the extension.

use std::fs;

use anyhow::{Context, Result};

use crate::install::model;
use crate::paths;

/// Copies the model into the extension, where it is not there yet.
pub fn add() -> Result<()> {
    let from = model::path();
    let to = paths::dist().join("model/default.gguf");
    // The source was checked by its sum; a copy of the same length that is not older is a copy of it.
    let source = fs::metadata(&from).with_context(|| format!("{} is missing", from.display()))?;
    if let Ok(copy) = fs::metadata(&to)
        && copy.len() == source.len()
        && copy.modified()? >= source.modified()?
    {
        return Ok(());
    }
    fs::create_dir_all(paths::dist().join("model"))?;
    let partial = to.with_extension("partial");
    fs::copy(&from, &partial).with_context(|| format!("{} cannot be written", partial.display()))?;
    fs::rename(&partial, &to)?;
    Ok(())
}
