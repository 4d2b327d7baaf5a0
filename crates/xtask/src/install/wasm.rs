//! The compiler for wasm32: rustup's where rustup can fetch the target's library, else the system's own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::apt::{Need, Sign};
use crate::{paths, process, progress};

/// The target that the extension's engine is compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler with the source of the standard library, which Cargo then builds for the target.
const SYSTEM: &[Need] = &[
    Need { package: "rustc-web", sign: Sign::Package },
    Need { package: "cargo-web", sign: Sign::Package },
    Need { package: "rust-web-clippy", sign: Sign::Package },
    Need { package: "rust-web-src", sign: Sign::Package },
];

/// A compiler that builds for [`TARGET`].
pub enum Compiler {
    /// The one that runs this program, with the target's library beside its own.
    Rustup,
    /// Debian's, which has no such library and builds it, linking with rustup's linker.
    System {
        /// A linker for wasm.
        linker: PathBuf,
    },
}

/// The packages of the system that the compiler still needs: none where rustup has the target's library, or has
/// fetched it now.
pub fn missing() -> Result<Vec<Need>> {
    if compiler()?.is_some() || fetch_library()? {
        return Ok(Vec::new());
    }
    Ok(SYSTEM.iter().copied().filter(|need| !need.is_met()).collect())
}

/// The compiler that is there, if one is. `SOTTO_WASM=system` asks for the system's (docs/testing.md).
fn compiler() -> Result<Option<Compiler>> {
    let sysroot = PathBuf::from(process::output(Command::new("rustc").args(["--print", "sysroot"]))?.trim());
    if !system_is_asked_for() && sysroot.join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(Some(Compiler::Rustup));
    }
    if SYSTEM.iter().all(Need::is_met) {
        return Ok(Some(Compiler::System { linker: linker(&sysroot)? }));
    }
    Ok(None)
}

fn system_is_asked_for() -> bool {
    std::env::var_os("SOTTO_WASM").is_some_and(|value| value == "system")
}

fn linker(sysroot: &Path) -> Result<PathBuf> {
    let host = process::output(Command::new("rustc").args(["--print", "host-tuple"]))?;
    let linker = sysroot.join("lib/rustlib").join(host.trim()).join("bin/rust-lld");
    if !linker.exists() {
        bail!("{} is missing: Rust 1.95 as rustup installs it is needed", linker.display());
    }
    Ok(linker)
}

/// Asks rustup for the target's library. Where it cannot reach its server, that fails within seconds.
fn fetch_library() -> Result<bool> {
    if system_is_asked_for() || paths::program("rustup").is_none() {
        return Ok(false);
    }
    progress::step("Fetching Rust's library for wasm32");
    let mut command = Command::new("rustup");
    command.args(["target", "add", TARGET]);
    Ok(process::run_logged("rustup", Duration::from_secs(180), &mut command).is_ok())
}

/// `cargo SUBCOMMAND` for wasm32, in a target folder of its own. Options may be added, `--target` is there.
pub fn cargo(subcommand: &str) -> Result<Command> {
    let mut command = match compiler()? {
        Some(Compiler::Rustup) => {
            let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
            command.arg(subcommand);
            command
        }
        Some(Compiler::System { linker }) => {
            let mut path = std::ffi::OsString::from("/usr/bin:");
            path.push(std::env::var_os("PATH").unwrap_or_default());
            let mut command = Command::new("/usr/bin/cargo");
            command
                .arg(subcommand)
                .args(["-Z", "build-std=std,panic_abort"])
                .env("PATH", path)
                // Building the standard library is an unstable option of a stable compiler.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
                command.env_remove(variable);
            }
            command
        }
        None => bail!("there is no compiler for wasm32: `cargo xtask install` fetches one"),
    };
    command.current_dir(paths::root()).args(["--target", TARGET, "--target-dir"]).arg(paths::wasm_target());
    // It would hide the flags that .cargo/config.toml has for the target.
    command.env_remove("RUSTFLAGS");
    Ok(command)
}
