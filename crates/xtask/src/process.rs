//! Other programs, run so that a failure names the command.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{paths, progress};

/// The command as one would type it.
pub fn display(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed: {status}", display(command));
    }
    Ok(())
}

/// Runs `command` with its output going to the user's.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("`{}` cannot be started", display(command)))?;
    check(command, status)
}

/// What `command` writes to its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{}` cannot be started", display(command)))?;
    check(command, output.status)?;
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` wrote something other than text", display(command)))
}

/// Runs `command` and tells of its standard output, line by line, both the user and `line`.
///
/// Returns whether it succeeded.
pub fn run_watched(command: &mut Command, mut line: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{}` cannot be started", display(command)))?;
    let output = child.stdout.take().context("the child has no standard output")?;
    for text in BufReader::new(output).split(b'\n') {
        let text = text?;
        let text = String::from_utf8_lossy(&text);
        println!("{text}");
        line(&text);
    }
    Ok(child.wait()?.success())
}

/// Runs a talkative `command` with its output in a log file, a sign of life every ten seconds, and the log's end
/// shown when it fails or takes longer than `limit`.
pub fn run_logged(name: &str, limit: Duration, command: &mut Command) -> Result<()> {
    fs::create_dir_all(paths::scratch())?;
    let path = paths::scratch().join(format!("{name}.log"));
    let log = File::create(&path).with_context(|| format!("{} cannot be written", path.display()))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("`{}` cannot be started", display(command)))?;
    let start = Instant::now();
    let mut next_sign = Duration::from_secs(10);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Ok(status);
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            break Err(format!("took longer than {}", progress::duration(limit)));
        }
        if start.elapsed() > next_sign {
            progress::note(format_args!("… {}", progress::duration(next_sign)));
            next_sign += Duration::from_secs(10);
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let problem = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => format!("failed: {status}"),
        Err(problem) => problem,
    };
    let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    let end = lines[lines.len().saturating_sub(20)..].join("\n");
    bail!("`{}` {problem}\n{end}\n(all of it: {})", display(command), path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_command_and_shows_its_output() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo why; exit 3"]);
        let error =
            run_logged("test-failure", Duration::from_secs(60), &mut command).unwrap_err().to_string();
        assert!(error.contains("echo why; exit 3"), "{error}");
        assert!(error.contains("\nwhy\n"), "{error}");
    }

    #[test]
    fn a_command_that_hangs_is_ended() {
        let mut command = Command::new("sleep");
        command.arg("60");
        let error =
            run_logged("test-limit", Duration::from_millis(200), &mut command).unwrap_err().to_string();
        assert!(error.contains("took longer than 0.2 s"), "{error}");
    }

    #[test]
    fn watched_lines_arrive_and_failure_is_told() {
        let mut seen = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two; exit 1"]);
        let success = run_watched(&mut command, |line| seen.push(line.to_owned())).unwrap();
        assert!(!success);
        assert_eq!(seen, ["one", "two"]);
    }
}
