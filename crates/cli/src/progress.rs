//! One line on stderr that says how far long work is; nothing where stderr is no terminal.

use std::{
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

/// The line is written again after so long, no sooner.
const REFRESH: Duration = Duration::from_millis(100);

/// A line that is gone when this is dropped.
pub struct ProgressLine {
    what: String,
    unit: &'static str,
    per_unit: f64,
    is_terminal: bool,
    shown: Option<Instant>,
}

impl ProgressLine {
    /// A line about work counted in megabytes.
    pub fn of_bytes(what: impl Into<String>) -> Self {
        Self::new(what, "MB", 1e6)
    }

    /// A line about work counted in tokens.
    pub fn of_tokens(what: impl Into<String>) -> Self {
        Self::new(what, "tokens", 1.0)
    }

    /// A line about work counted in runs.
    pub fn of_runs(what: impl Into<String>) -> Self {
        Self::new(what, "runs", 1.0)
    }

    fn new(what: impl Into<String>, unit: &'static str, per_unit: f64) -> Self {
        Self { what: what.into(), unit, per_unit, is_terminal: stderr().is_terminal(), shown: None }
    }

    /// Says that `done` of `total` is done.
    pub fn show(&mut self, done: u64, total: u64) {
        if !self.is_terminal || self.shown.is_some_and(|at| at.elapsed() < REFRESH) {
            return;
        }
        self.shown = Some(Instant::now());
        let (done, total) = (done as f64 / self.per_unit, total as f64 / self.per_unit);
        // A terminal that is gone needs no progress.
        let _ = write!(stderr(), "\r\x1b[2K{}: {done:.0} of {total:.0} {}", self.what, self.unit);
    }

    /// Takes the line away, before other text is written.
    pub fn clear(&mut self) {
        if self.shown.take().is_some() {
            let _ = write!(stderr(), "\r\x1b[2K");
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        self.clear();
    }
}
