//! Where things are.

use std::{env, fs, path::PathBuf};

/// A file of `tests/golden`.
pub fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name)
}

/// Its text.
pub fn golden_text(name: &str) -> String {
    fs::read_to_string(golden(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Its JSON.
pub fn golden_json<T: for<'de> serde::Deserialize<'de>>(name: &str) -> T {
    serde_json::from_str(&golden_text(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The default model: `$SOTTO_MODEL`, or where `cargo xtask install` puts it.
pub fn default_model() -> PathBuf {
    model("SOTTO_MODEL", "smollm2-135m-instruct-q4_1.gguf")
}

/// Gemma 3 270M: `$SOTTO_GEMMA`, or where `cargo xtask install` puts it.
pub fn gemma() -> PathBuf {
    model("SOTTO_GEMMA", "gemma-3-270m-q4_k_m.gguf")
}

fn model(variable: &str, file: &str) -> PathBuf {
    let cache = || {
        let home = || PathBuf::from(env::var_os("HOME").expect("HOME")).join(".cache");
        let cache = env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from);
        cache.join("sotto/models").join(file)
    };
    let path = env::var_os(variable).map_or_else(cache, PathBuf::from);
    assert!(path.is_file(), "there is no model at {}: run `cargo xtask install`", path.display());
    path
}

/// The tiny models, each with other formats and shapes.
pub const TINY: [&str; 4] = ["smol", "floats", "legacy", "kquants"];

/// The file of one.
pub fn tiny(name: &str) -> PathBuf {
    golden(&format!("tiny/{name}.gguf"))
}
