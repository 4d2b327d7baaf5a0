//! Chromium: the demonstration and the end-to-end tests run in it.

use std::path::PathBuf;

use super::apt::{Need, Sign};
use crate::paths;

/// The browser.
pub const PROGRAMS: &[Need] = &[Need { package: "chromium", sign: Sign::Program("chromium") }];

/// The variable that tells the scripts which browser to start, where the user has not set it.
pub fn variable() -> Option<(&'static str, PathBuf)> {
    const NAME: &str = "CHROMIUM";
    if std::env::var_os(NAME).is_some() { None } else { paths::program("chromium").map(|path| (NAME, path)) }
}
