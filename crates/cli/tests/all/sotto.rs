//! The program itself.

use std::{
    ffi::OsStr,
    process::{Command, Output, Stdio},
};

/// `sotto` with `args`, not started yet.
pub fn command<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sotto"));
    // Without a desktop, a layer of Mesa's complains on our stderr of what it does not find.
    command.args(args).stdin(Stdio::null()).env("NODEVICE_SELECT", "1");
    command
}

/// What `sotto` with `args` came to.
pub fn output<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Output {
    command(args).output().expect("sotto starts")
}

/// What it printed, when it went well.
pub fn stdout<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> String {
    let output = output(args);
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What it complained of, when it failed as it should: one sentence or two on one line, exit code 1, nothing on stdout.
pub fn complaint<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> String {
    let output = output(args);
    let stderr = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    let line = stderr.strip_suffix('\n').unwrap_or(&stderr);
    assert!(line.starts_with("sotto: ") && line.ends_with('.') && !line.contains('\n'), "{stderr}");
    line.to_owned()
}
