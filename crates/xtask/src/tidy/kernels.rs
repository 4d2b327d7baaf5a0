//! A kernel has its twins: the same stem in shaders/, crates/gpu/src/ops/ and crates/reference/src/ops/, and a case
//! that holds the one against the other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::paths;

/// Where a case calls the host side of each kernel.
const CASES: &str = "crates/gpu/src/conformance/case.rs";

/// Whether every kernel has its host side, its reference and its case, and every host side its kernel.
pub fn check() -> Result<()> {
    let root = paths::root();
    let shaders = stems(&root.join("shaders"), "wgsl")?;
    let hosts = stems(&root.join("crates/gpu/src/ops"), "rs")?;
    let references = stems(&root.join("crates/reference/src/ops"), "rs")?;
    let cases = fs::read_to_string(root.join(CASES)).with_context(|| format!("{CASES} cannot be read"))?;
    super::all_or(&faults(&shaders, &hosts, &references, &cases))
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

fn faults(shaders: &Stems, hosts: &Stems, references: &Stems, cases: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut missing = |stems: &Stems, others: &Stems, folder: &str, extension: &str| {
        faults.extend(
            stems.difference(others).map(|stem| format!("`{stem}` lacks {folder}/{stem}.{extension}")),
        );
    };
    missing(shaders, hosts, "crates/gpu/src/ops", "rs");
    missing(shaders, references, "crates/reference/src/ops", "rs");
    missing(hosts, shaders, "shaders", "wgsl");
    let untried = shaders.iter().filter(|stem| !cases.contains(&format!("kernels::{stem}(")));
    faults.extend(untried.map(|stem| format!("no case in {CASES} runs `{stem}`")));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_twin_is_told() {
        let stems = |list: &[&str]| list.iter().map(|&stem| stem.to_owned()).collect::<Stems>();
        let all = stems(&["add", "norm"]);
        let one = stems(&["add"]);
        let cases = "kernels::add(x)?; kernels::norm(y)?";
        assert_eq!(faults(&all, &all, &all, cases), Vec::<String>::new());
        assert_eq!(faults(&all, &all, &one, cases), ["`norm` lacks crates/reference/src/ops/norm.rs"]);
        assert_eq!(faults(&one, &all, &all, cases), ["`norm` lacks shaders/norm.wgsl"]);
        assert_eq!(faults(&one, &one, &one, "kernels::add_all(x)").len(), 1);
    }
}
