//! What the other commands need on this machine: looked for first, installed only where missing.

pub mod apt;
pub mod browser;
pub mod display;
pub mod model;
pub mod node;
pub mod vulkan;
pub mod wasm;

use anyhow::Result;

use crate::progress;

/// What the build of the extension needs.
pub fn for_build() -> Result<()> {
    with_packages(&[])
}

/// What the demonstration needs.
pub fn for_demo() -> Result<()> {
    with_packages(&[browser::PROGRAMS])
}

/// What the tests need.
pub fn for_tests() -> Result<()> {
    with_packages(&[browser::PROGRAMS, vulkan::DRIVERS, display::PROGRAMS])?;
    model::GEMMA.fetch()
}

/// What any command needs.
pub fn everything() -> Result<()> {
    progress::timed("Looking for what is missing", for_tests)
}

/// All packages of the system first, so that a user who is not root is shown one command for the lot.
fn with_packages(needs: &[&[apt::Need]]) -> Result<()> {
    node::check()?;
    let mut missing = wasm::missing()?;
    missing.extend(model::DEFAULT.missing());
    missing.extend(needs.iter().copied().flatten().filter(|need| !need.is_met()));
    apt::install(&missing)?;
    node::packages()?;
    model::DEFAULT.fetch()
}
