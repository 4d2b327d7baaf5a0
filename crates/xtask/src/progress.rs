//! What the user sees while a command runs.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// Says that a step begins.
pub fn step(what: impl Display) {
    println!("==> {what}");
}

/// Says something about the step that runs.
pub fn note(what: impl Display) {
    println!("    {what}");
}

/// A duration as people write it: `3.2 s`, `4 min 05 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02} s", seconds as u64 / 60, seconds as u64 % 60)
    }
}

/// Runs `body` as a step that says how long it took.
pub fn timed<T>(what: &str, body: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    step(what);
    let start = Instant::now();
    let result = body();
    note(format_args!(
        "{} after {}",
        if result.is_ok() { "done" } else { "failed" },
        duration(start.elapsed())
    ));
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_naturally() {
        assert_eq!(duration(Duration::from_millis(3_240)), "3.2 s");
        assert_eq!(duration(Duration::from_secs(245)), "4 min 05 s");
    }
}
