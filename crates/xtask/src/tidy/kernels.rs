//! A kernel has a twin: the same stem in shaders/, crates/gpu/src/ops/ and crates/reference/src/ops/.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::paths;

/// Whether every kernel has its host side and its reference, and every host side its kernel.
pub fn check() -> Result<()> {
    let root = paths::root();
    let shaders = stems(&root.join("shaders"), "wgsl")?;
    let hosts = stems(&root.join("crates/gpu/src/ops"), "rs")?;
    let references = stems(&root.join("crates/reference/src/ops"), "rs")?;
    super::all_or(&faults(&shaders, &hosts, &references))
}

type Stems = BTreeSet<String>;

fn stems(folder: &Path, extension: &str) -> Result<Stems> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut stems = Stems::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension)
            && let Some(stem) = path.file_stem().and_then(|stem| stem.to_str())
            && stem != "mod"
        {
            stems.insert(stem.to_owned());
        }
    }
    Ok(stems)
}

fn faults(shaders: &Stems, hosts: &Stems, references: &Stems) -> Vec<String> {
    let mut faults = Vec::new();
    let mut missing = |stems: &Stems, others: &Stems, folder: &str, extension: &str| {
        faults.extend(
            stems.difference(others).map(|stem| format!("`{stem}` lacks {folder}/{stem}.{extension}")),
        );
    };
    missing(shaders, hosts, "crates/gpu/src/ops", "rs");
    missing(shaders, references, "crates/reference/src/ops", "rs");
    missing(hosts, shaders, "shaders", "wgsl");
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_twin_is_told() {
        let stems = |list: &[&str]| list.iter().map(|&stem| stem.to_owned()).collect::<Stems>();
        let all = stems(&["add", "norm"]);
        assert_eq!(faults(&all, &all, &all), Vec::<String>::new());
        assert_eq!(faults(&all, &all, &stems(&["add"])), ["`norm` lacks crates/reference/src/ops/norm.rs"]);
        assert_eq!(faults(&stems(&["add"]), &all, &all), ["`norm` lacks shaders/norm.wgsl"]);
    }
}
