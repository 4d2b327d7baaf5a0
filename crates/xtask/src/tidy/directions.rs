//! Which crate may use which: the directions of ARCHITECTURE.md, over direct dependencies.

use anyhow::Result;

use super::dependencies::{self, Package};

/// A crate of ours, the ones that it may use, and the ones that its tests may use as well.
struct Row {
    name: &'static str,
    uses: &'static [&'static str],
    tests_use: &'static [&'static str],
}

const fn row(name: &'static str, uses: &'static [&'static str], tests_use: &'static [&'static str]) -> Row {
    Row { name, uses, tests_use }
}

const ROWS: &[Row] = &[
    row("gguf", &[], &[]),
    row("protocol", &[], &[]),
    row("ops", &["gguf"], &[]),
    row("text", &["gguf"], &[]),
    row("models", &["gguf", "ops"], &["reference"]),
    row("reference", &["gguf", "ops"], &["models"]),
    // The reference is optional there: the feature `conformance` holds the kernels against it, in the browser too.
    row("gpu", &["gguf", "ops", "reference"], &["gpu", "models"]),
    row("engine", &["gguf", "models", "ops", "protocol", "text"], &["gpu", "reference"]),
    row("assistant", &["protocol", "text"], &[]),
    row(
        "worker",
        &["assistant", "engine", "gguf", "gpu", "models", "ops", "protocol", "text"],
        &["reference"],
    ),
    row(
        "sotto",
        &["assistant", "engine", "gguf", "gpu", "models", "ops", "protocol", "reference", "text"],
        &[],
    ),
    row("xtask", &[], &[]),
];

/// Packages of others that belong to some crates alone. A `*` at the end stands for any rest.
const OWNED: &[(&str, &[&str])] = &[
    ("wgpu*", &["gpu"]),
    ("naga*", &["gpu"]),
    ("wasm-bindgen-cli-support", &["xtask"]),
    ("wasm-bindgen*", &["worker"]),
    ("serde-wasm-bindgen", &["worker"]),
    ("web-sys", &["worker"]),
    ("js-sys", &["worker"]),
    ("gloo*", &["worker"]),
    ("console_error_panic_hook", &["worker"]),
    ("getrandom", &["worker", "sotto"]),
    ("ts-rs", &["protocol"]),
    ("tokenizers", &["text"]),
    ("minijinja", &["text"]),
    ("anyhow", &["sotto", "xtask"]),
];

/// Whether every crate uses what it may use, and nothing else.
pub fn check() -> Result<()> {
    super::all_or(&faults(&dependencies::packages()?))
}

fn faults(packages: &[Package]) -> Vec<String> {
    let ours: Vec<&Package> = packages.iter().filter(|package| package.is_ours).collect();
    let mut faults = Vec::new();
    for package in &ours {
        let Some(row) = ROWS.iter().find(|row| row.name == package.name) else {
            faults.push(format!("the crate `{}` has no row in the table of directions", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            let is_allowed = if ours.iter().any(|other| other.name == name) {
                row.uses.contains(&name) || dependency.is_dev && row.tests_use.contains(&name)
            } else {
                OWNED
                    .iter()
                    .find(|(owned, _)| matches(owned, name))
                    .is_none_or(|(_, owners)| owners.contains(&row.name))
            };
            if !is_allowed {
                let whose = if dependency.is_dev { "'s tests" } else { "" };
                faults.push(format!("`{}`{whose} may not use `{name}`", package.name));
            }
        }
    }
    faults
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::super::dependencies::Dependency;
    use super::*;

    fn package(name: &str, is_ours: bool, dependencies: &[(&str, bool)]) -> Package {
        let dependency = |&(name, is_dev): &(&str, bool)| Dependency { name: name.to_owned(), is_dev };
        Package {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            licence: None,
            is_ours,
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    #[test]
    fn the_reference_never_uses_the_gpu() {
        for is_dev in [false, true] {
            let packages = [package("gpu", true, &[]), package("reference", true, &[("gpu", is_dev)])];
            assert_eq!(faults(&packages).len(), 1);
        }
    }

    #[test]
    fn tests_may_use_what_the_crate_may_not() {
        let packages =
            |is_dev| [package("reference", true, &[]), package("engine", true, &[("reference", is_dev)])];
        assert_eq!(faults(&packages(true)), Vec::<String>::new());
        assert_eq!(faults(&packages(false)), ["`engine` may not use `reference`"]);
    }

    #[test]
    fn owned_packages_stay_with_their_owners() {
        assert_eq!(
            faults(&[package("gpu", true, &[("wgpu", false), ("half", false)])]),
            Vec::<String>::new()
        );
        assert_eq!(faults(&[package("engine", true, &[("wgpu", false)])]), ["`engine` may not use `wgpu`"]);
        assert_eq!(faults(&[package("gpu", true, &[("web-sys", false)])]), ["`gpu` may not use `web-sys`"]);
        assert_eq!(
            faults(&[package("xtask", true, &[("wasm-bindgen-cli-support", false)])]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        assert_eq!(faults(&[package("new", true, &[])]).len(), 1);
    }
}
