//! The default model's place in the extension.

use std::fs;

use anyhow::{Context, Result};

use super::package::Package;
use crate::install::model;

/// Copies the model into the extension, where it is not there yet; or takes it away, where it is not wanted.
pub fn add(package: &Package) -> Result<()> {
    let from = model::DEFAULT.path();
    let folder = package.folder.join("model");
    let to = folder.join("default.gguf");
    if !package.model {
        if to.exists() {
            fs::remove_file(&to).with_context(|| format!("{} cannot be deleted", to.display()))?;
        }
        return Ok(());
    }
    // The source was checked by its sum; a copy of the same length that is not older is a copy of it.
    let source = fs::metadata(&from).with_context(|| format!("{} is missing", from.display()))?;
    if let Ok(copy) = fs::metadata(&to)
        && copy.len() == source.len()
        && copy.modified()? >= source.modified()?
    {
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    let partial = to.with_extension("partial");
    fs::copy(&from, &partial).with_context(|| format!("{} cannot be written", partial.display()))?;
    fs::rename(&partial, &to)?;
    Ok(())
}
