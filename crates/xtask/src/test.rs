//! `cargo xtask test`: every check and every test there is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::install::{browser, model, vulkan};
use crate::{build, install, paths, process, progress, stamp, tidy};

/// What a runner's own summary said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    /// Ignored or left out: told, and never counted as passed.
    skipped: usize,
}

/// One runner's result.
struct Suite {
    name: String,
    counts: Counts,
    time: Duration,
}

/// Where node tests are looked for.
const NODE_FOLDERS: &[&str] = &["extension", "tests"];

/// Runs everything, also after a failure, and ends with one line a suite and their sum.
pub fn run() -> Result<()> {
    let start = Instant::now();
    install::for_tests()?;
    let [lavapipe, swiftshader] = vulkan::driver_files()?;
    let mut suites = vec![
        suite("tidy", rules),
        suite("crates, native, on lavapipe", || cargo(&lavapipe, &["--workspace"])),
        suite("crate gpu, native, on SwiftShader", || cargo(&swiftshader, &["--package", "gpu"])),
    ];
    // Where the build fails, only what an older one left could be tested.
    if let Err(error) = build::extension() {
        suites.push(suite("build", || Err(error)));
    } else {
        for (folder, files) in node_tests()? {
            suites.push(suite(&format!("{folder}, in node and Chromium"), || node(&files)));
        }
    }
    report(&suites, start.elapsed())
}

fn failure() -> Counts {
    Counts { failed: 1, ..Counts::default() }
}

/// Runs one suite. One that cannot be run has failed.
fn suite(name: &str, body: impl FnOnce() -> Result<Counts>) -> Suite {
    progress::step(format_args!("Test: {name}"));
    let start = Instant::now();
    let counts = body().unwrap_or_else(|error| {
        progress::note(format_args!("{error:#}"));
        failure()
    });
    let suite = Suite { name: name.to_owned(), counts, time: start.elapsed() };
    progress::note(line(&suite));
    suite
}

fn line(suite: &Suite) -> String {
    let Counts { passed, failed, skipped } = suite.counts;
    let skipped = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
    format!("{}: {passed} passed, {failed} failed{skipped} ({})", suite.name, progress::duration(suite.time))
}

fn report(suites: &[Suite], time: Duration) -> Result<()> {
    progress::step("Summary");
    for suite in suites {
        progress::note(line(suite));
    }
    let sum = |of: fn(&Counts) -> usize| suites.iter().map(|suite| of(&suite.counts)).sum::<usize>();
    let all = Counts { passed: sum(|c| c.passed), failed: sum(|c| c.failed), skipped: sum(|c| c.skipped) };
    println!("{}", line(&Suite { name: "total".to_owned(), counts: all, time }));
    if all.failed > 0 {
        bail!("{} failed", all.failed);
    }
    Ok(())
}

fn rules() -> Result<Counts> {
    let outcome = tidy::check();
    Ok(Counts { passed: outcome.passed, failed: outcome.failed.len(), skipped: 0 })
}

/// `cargo test` with one Vulkan driver.
fn cargo(driver: &Path, what: &[&str]) -> Result<Counts> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.current_dir(paths::root()).args(["test", "--locked", "--no-fail-fast"]).args(what);
    command.env("VK_DRIVER_FILES", driver);
    command.env("SOTTO_MODEL", model::DEFAULT.path()).env("SOTTO_GEMMA", model::GEMMA.path());
    watched(&mut command, cargo_summary)
}

/// `node --test` over files, one after the other: they share the machine's two cores.
fn node(files: &[PathBuf]) -> Result<Counts> {
    let mut command = Command::new("node");
    command
        .current_dir(paths::root())
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files);
    command.env("SOTTO_MODEL", model::DEFAULT.path()).envs(browser::variable());
    watched(&mut command, node_summary)
}

/// All files `*.test.mjs`, by the folder that holds them.
fn node_tests() -> Result<BTreeMap<String, Vec<PathBuf>>> {
    let root = paths::root();
    let mut tests: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for folder in NODE_FOLDERS {
        for file in stamp::files_under(&root.join(folder), &|path| !path.ends_with("node_modules"))? {
            if file.to_string_lossy().ends_with(".test.mjs") {
                let folder =
                    file.parent().and_then(|folder| folder.strip_prefix(&root).ok()).unwrap_or(&root);
                tests.entry(folder.display().to_string()).or_default().push(file);
            }
        }
    }
    Ok(tests)
}

/// Adds up what a runner says of itself. A runner that fails without saying of what, or that runs nothing, has failed.
fn watched(command: &mut Command, summary: fn(&str) -> Counts) -> Result<Counts> {
    let mut counts = Counts::default();
    let success = process::run_watched(command, |line| {
        let more = summary(line);
        counts.passed += more.passed;
        counts.failed += more.failed;
        counts.skipped += more.skipped;
    })?;
    if counts.failed == 0 && (!success || counts.passed == 0) {
        progress::note(format_args!("`{}` ended badly, or ran nothing", process::display(command)));
        counts.failed = 1;
    }
    Ok(counts)
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`
fn cargo_summary(line: &str) -> Counts {
    let Some((_, rest)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
        return Counts::default();
    };
    let count = |what: &str| {
        let part = rest.split("; ").find_map(|part| part.strip_suffix(what));
        part.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
    };
    Counts { passed: count("passed"), failed: count("failed"), skipped: count("ignored") }
}

/// `ℹ pass 3`, `ℹ fail 0`, `ℹ cancelled 0`, `ℹ skipped 0`, `ℹ todo 0`, a line each, at the end.
fn node_summary(line: &str) -> Counts {
    let mut words = line.strip_prefix("ℹ ").unwrap_or_default().split(' ');
    let (Some(what), Some(Ok(number)), None) = (words.next(), words.next().map(str::parse), words.next())
    else {
        return Counts::default();
    };
    match what {
        "pass" => Counts { passed: number, ..Counts::default() },
        "fail" | "cancelled" => Counts { failed: number, ..Counts::default() },
        "skipped" | "todo" => Counts { skipped: number, ..Counts::default() },
        _ => Counts::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_tells_its_counts() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.01s";
        assert_eq!(cargo_summary(line), Counts { passed: 12, failed: 2, skipped: 1 });
        assert_eq!(cargo_summary("test a::b ... ok"), Counts::default());
    }

    #[test]
    fn node_tells_its_counts() {
        assert_eq!(node_summary("ℹ pass 7"), Counts { passed: 7, ..Counts::default() });
        assert_eq!(node_summary("ℹ cancelled 1"), failure());
        assert_eq!(node_summary("ℹ skipped 2"), Counts { skipped: 2, ..Counts::default() });
        assert_eq!(node_summary("ℹ pass by 2"), Counts::default());
        assert_eq!(node_summary("pass 2"), Counts::default());
    }

    #[test]
    fn a_runner_that_fails_or_runs_nothing_has_failed() {
        let counts = |script: &str| watched(Command::new("sh").args(["-c", script]), node_summary).unwrap();
        assert_eq!(counts("echo 'ℹ pass 1'"), Counts { passed: 1, ..Counts::default() });
        assert_eq!(counts("echo 'ℹ pass 1'; exit 1"), Counts { passed: 1, failed: 1, skipped: 0 });
        assert_eq!(counts("true"), failure());
    }
}
