//! Readers that go away, and Ctrl-C.
#![cfg(unix)]

use crate::{
    files::{default_model, golden, tiny},
    sotto,
};
use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Starts `command` and waits for the first `bytes` of its stdout, which is still open then.
fn start(command: &mut Command, bytes: usize) -> Child {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("sotto starts");
    child.stdout.as_mut().expect("a pipe").read_exact(&mut vec![0; bytes]).expect("some output");
    child
}

#[test]
fn a_reader_that_has_enough_gets_no_complaint() {
    let mut command = sotto::command(["logits"]);
    command.arg(tiny("smol")).arg("--ids").arg(golden("tiny/smol.ids.json")).args(["--top", "384"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("sotto starts");
    let mut line = String::new();
    BufReader::with_capacity(64, child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    assert!(line.starts_with("{\"pos\":0"), "{line}");
    let output = child.wait_with_output().expect("sotto ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn ctrl_c_ends_it_soon_and_quietly() {
    let mut command =
        sotto::command(["run", "--raw", "--max-tokens", "4000", "--prompt", "One, two, three,"]);
    let mut child = start(command.arg(default_model()), 1);
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(interrupt.success());
    let asked = Instant::now();
    let mut rest = String::new();
    child.stdout.take().expect("a pipe").read_to_string(&mut rest).expect("the text so far");
    let output = child.wait_with_output().expect("sotto ends");
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
}
