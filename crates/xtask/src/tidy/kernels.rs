//! A kernel has its twins: the same stem in shaders/, crates/gpu/src/ops/ and crates/reference/src/ops/, and a case
//! that holds the one against the other. A kernel that works out the same as `stem` in another way is called
//! `stem_…`, and has that one's reference. One that another kernel's host side calls is tried with that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::paths;

/// Where cases call the host side of each kernel.
const CASES: &str = "crates/gpu/src/conformance";

/// Whether every kernel has its host side, its reference and its case, and every host side its kernel.
pub fn check() -> Result<()> {
    let root = paths::root();
    let shaders = stems(&root.join("shaders"), "wgsl")?;
    let folder = root.join("crates/gpu/src/ops");
    let mut hosts = Hosts::new();
    for stem in stems(&folder, "rs")? {
        let text = read(&folder.join(&stem).with_extension("rs"))?;
        hosts.insert(stem, text);
    }
    let references = stems(&root.join("crates/reference/src/ops"), "rs")?;
    let cases: String = ["case", "bench"]
        .map(|file| read(&root.join(CASES).join(file).with_extension("rs")))
        .into_iter()
        .collect::<Result<_>>()?;
    super::all_or(&faults(&shaders, &hosts, &references, &cases))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The sources of the host sides, by their stems.
type Hosts = BTreeMap<String, String>;

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

fn faults(shaders: &Stems, hosts: &Hosts, references: &Stems, cases: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let called_in = |stem: &str, text: &str| text.contains(&format!("{stem}("));
    for stem in shaders {
        if !hosts.contains_key(stem) {
            faults.push(format!("`{stem}` lacks crates/gpu/src/ops/{stem}.rs"));
        }
        let is_another_way = |reference: &String| stem.starts_with(&format!("{reference}_"));
        if !references.contains(stem) && !references.iter().any(is_another_way) {
            faults.push(format!("`{stem}` lacks crates/reference/src/ops/{stem}.rs"));
        }
        let is_run = |stem: &str| called_in(&format!("kernels::{stem}"), cases);
        let is_run_with = |(host, text): (&String, &String)| is_run(host) && called_in(stem, text);
        if !is_run(stem) && !hosts.iter().any(is_run_with) {
            faults.push(format!("no case in {CASES} runs `{stem}`"));
        }
    }
    let lonely = hosts.keys().filter(|stem| !shaders.contains(*stem));
    faults.extend(lonely.map(|stem| format!("`{stem}` lacks shaders/{stem}.wgsl")));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(list: &[&str]) -> Stems {
        list.iter().map(|&stem| stem.to_owned()).collect()
    }

    fn hosts(list: &[(&str, &str)]) -> Hosts {
        list.iter().map(|&(stem, text)| (stem.to_owned(), text.to_owned())).collect()
    }

    #[test]
    fn each_missing_twin_is_told() {
        let (all, one) = (stems(&["add", "norm"]), stems(&["add"]));
        let (all_hosts, one_host) = (hosts(&[("add", ""), ("norm", "")]), hosts(&[("add", "")]));
        let cases = "kernels::add(x)?; kernels::norm(y)?";
        assert_eq!(faults(&all, &all_hosts, &all, cases), Vec::<String>::new());
        assert_eq!(faults(&all, &all_hosts, &one, cases), ["`norm` lacks crates/reference/src/ops/norm.rs"]);
        assert_eq!(faults(&all, &one_host, &all, cases), ["`norm` lacks crates/gpu/src/ops/norm.rs"]);
        assert_eq!(faults(&one, &all_hosts, &all, cases), ["`norm` lacks shaders/norm.wgsl"]);
        assert_eq!(faults(&one, &one_host, &one, "kernels::add_all(x)").len(), 1);
    }

    #[test]
    fn another_way_has_the_reference_of_the_first_and_a_part_is_tried_with_the_whole() {
        let shaders = stems(&["norm", "norm_one", "norm_join"]);
        let sides = [("norm", ""), ("norm_one", "norm_join(kernels)?"), ("norm_join", "")];
        let found = |cases| faults(&shaders, &hosts(&sides), &stems(&["norm"]), cases);
        assert_eq!(found("kernels::norm(x)?; kernels::norm_one(y)?"), Vec::<String>::new());
        assert_eq!(found("kernels::norm(x)?").len(), 2);
    }
}
