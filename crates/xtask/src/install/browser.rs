//! Chromium: the demonstration and the end-to-end tests run in it.

use super::apt::{Need, Sign};

/// The browser.
pub const PROGRAMS: &[Need] = &[Need { package: "chromium", sign: Sign::Program("chromium") }];
