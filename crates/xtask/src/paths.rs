//! Where things are.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    // This crate lies at crates/xtask.
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(2).collect::<Vec<_>>()[0].to_path_buf()
}

/// The folder that Cargo builds native code into.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// The folder that the worker is built into; apart from the native one, since its compiler may be another.
pub fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// The folder for logs, stamps and other files of these commands.
pub fn scratch() -> PathBuf {
    target().join("xtask")
}

/// The folder of what is built to be loaded into a browser.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// `$XDG_CACHE_HOME/sotto`, or `~/.cache/sotto`: kept between clones.
pub fn cache() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache");
    std::env::var_os("XDG_CACHE_HOME")
        .filter(|path| !path.is_empty())
        .map_or_else(home, PathBuf::from)
        .join("sotto")
}

/// The program `name` on the search path.
pub fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}
