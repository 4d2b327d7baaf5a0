//! What a build of the extension consists of, and where it goes.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::paths;

/// A folder that Chromium loads as an extension.
pub struct Package {
    /// The folder.
    pub folder: PathBuf,
    /// With the bench page, which is never shipped.
    pub bench: bool,
    /// With the default model.
    pub model: bool,
}

impl Package {
    /// The extension as it is shipped.
    pub fn shipped() -> Self {
        Self { folder: paths::dist().join("chrome"), bench: false, model: true }
    }

    /// The extension that `arguments` of `cargo xtask build` ask for.
    pub fn from_arguments(arguments: &[String]) -> Result<Self> {
        let mut package = Self::shipped();
        for argument in arguments {
            match argument.as_str() {
                "--bench" => {
                    package.bench = true;
                    package.folder = paths::dist().join("bench");
                }
                "--without-model" => package.model = false,
                unknown => bail!("`cargo xtask build` knows no `{unknown}`"),
            }
        }
        Ok(package)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(arguments: &[&str]) -> Result<Package> {
        Package::from_arguments(&arguments.iter().map(|&argument| argument.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn the_bench_page_has_a_folder_of_its_own() {
        let shipped = package(&[]).unwrap();
        assert!(!shipped.bench && shipped.model);
        let bench = package(&["--bench", "--without-model"]).unwrap();
        assert!(bench.bench && !bench.model);
        assert_ne!(bench.folder, shipped.folder);
        assert!(package(&["--fast"]).is_err());
    }
}
