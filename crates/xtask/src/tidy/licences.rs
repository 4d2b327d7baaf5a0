//! Everything that we use may be used by anyone: permissive licences alone.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::dependencies;
use crate::paths;

/// Our own, in every manifest.
const OURS: &str = "MIT OR Apache-2.0";

const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages of npm's that are allowed all the same as long as tests alone depend on them: name (or scope, with its slash),
/// licence as the package words it, and why.
const TEST_ONLY: &[(&str, &str, &str)] = &[
    ("axe-core", "MPL-2.0", "tests run it as it is; nothing of it is shipped"),
    (
        "@ckeditor/",
        "SEE LICENSE IN LICENSE.md",
        "GPL-2.0-or-later, as every version is: tests/editors runs it as it is, in a page; nothing of it is shipped",
    ),
];

/// Whether every package, of Cargo's and of npm's, has a permissive licence, and ours have ours.
pub fn check() -> Result<()> {
    let mut faults = Vec::new();
    for package in dependencies::packages()? {
        let licence = package.licence.as_deref().unwrap_or_default();
        if package.is_ours && licence != OURS {
            faults.push(format!("`{}` must have the licence {OURS}", package.name));
        } else if !is_permissive(licence) {
            faults.push(format!("`{}` {} has the licence `{licence}`", package.name, package.version));
        }
    }
    let lock = paths::root().join("package-lock.json");
    let lock: Value = serde_json::from_slice(&fs::read(&lock)?)?;
    for (path, package) in lock["packages"].as_object().context("package-lock.json lists no packages")? {
        let name = path.rsplit("node_modules/").next().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if path.is_empty() && licence != OURS {
            faults.push(format!("package.json must have the licence {OURS}"));
        } else if !is_permissive(licence) && !is_test_only(name, licence, package["dev"] == true) {
            faults.push(format!("the npm package `{name}` has the licence `{licence}`"));
        }
    }
    super::all_or(&faults)
}

/// Whether a package is one of those that tests may use. npm marks in its lock file what nothing but tests depends on.
fn is_test_only(name: &str, licence: &str, is_dev: bool) -> bool {
    let is_named = |allowed: &str| name == allowed || (allowed.ends_with('/') && name.starts_with(allowed));
    is_dev && TEST_ONLY.iter().any(|&(allowed, expected, _)| licence == expected && is_named(allowed))
}

/// Whether an SPDX expression leaves a choice of permissive licences alone. `/` is an old way to write OR.
fn is_permissive(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any_of(&mut rest).is_some_and(|verdict| verdict && rest.is_empty())
}

/// `all {OR all}`
fn any_of(rest: &mut &[&str]) -> Option<bool> {
    let mut verdict = all_of(rest)?;
    while take(rest, "OR") {
        verdict |= all_of(rest)?;
    }
    Some(verdict)
}

/// `one {AND one}`
fn all_of(rest: &mut &[&str]) -> Option<bool> {
    let mut verdict = one(rest)?;
    while take(rest, "AND") {
        verdict &= one(rest)?;
    }
    Some(verdict)
}

/// `( any )`, or a licence, with or without an exception.
fn one(rest: &mut &[&str]) -> Option<bool> {
    if take(rest, "(") {
        let verdict = any_of(rest)?;
        return take(rest, ")").then_some(verdict);
    }
    let (&licence, after) = rest.split_first()?;
    *rest = after;
    if take(rest, "WITH") {
        let (&exception, after) = rest.split_first()?;
        *rest = after;
        return Some(PERMISSIVE.contains(&format!("{licence} WITH {exception}").as_str()));
    }
    Some(PERMISSIVE.contains(&licence))
}

fn take(rest: &mut &[&str], word: &str) -> bool {
    match rest.split_first() {
        Some((&first, after)) if first == word => {
            *rest = after;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_are_for_tests_alone() {
        const WORDING: &str = "SEE LICENSE IN LICENSE.md";
        assert!(is_test_only("axe-core", "MPL-2.0", true));
        assert!(is_test_only("@ckeditor/ckeditor5-core", WORDING, true));
        assert!(!is_test_only("@ckeditor/ckeditor5-core", WORDING, false));
        assert!(!is_test_only("@ckeditor/ckeditor5-core", "GPL-3.0-only", true));
        assert!(!is_test_only("axe-core-extras", "MPL-2.0", true));
        assert!(!is_test_only("another", WORDING, true));
    }

    #[test]
    fn expressions_are_weighed_by_their_logic() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "MIT OR GPL-3.0-only",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR MPL-2.0",
        ] {
            assert!(is_permissive(good), "{good}");
        }
        for bad in [
            "",
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "(MIT OR Apache-2.0) AND MPL-2.0",
            "MIT OR",
            "(MIT",
            "MIT WITH something",
            "MIT MIT",
        ] {
            assert!(!is_permissive(bad), "{bad}");
        }
    }
}
