//! How many tokens to ask of the GPU in one go.

/// Seconds that one submission should take at most: longer ones delay the painting of pages, and a stop.
const SUBMISSION_SECONDS: f64 = 0.05;
/// Most tokens a submission.
const MOST_STEPS: usize = 8;

/// Doubles the steps of a submission while it stays short, and halves them when it does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    steps: usize,
}

impl Pace {
    pub(crate) const fn new() -> Self {
        Self { steps: 1 }
    }

    pub(crate) const fn steps(self) -> usize {
        self.steps
    }

    /// Learns that so many steps took so long.
    pub(crate) fn observe(&mut self, steps: usize, seconds: f64) {
        if seconds > SUBMISSION_SECONDS {
            self.steps = (steps / 2).max(1);
        } else if steps == self.steps && seconds < SUBMISSION_SECONDS / 2.0 {
            self.steps = (steps * 2).min(MOST_STEPS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_gpu_gets_many_steps_and_a_slow_one_a_single_one() {
        let mut pace = Pace::new();
        for _ in 0..5 {
            pace.observe(pace.steps(), 0.002 * pace.steps() as f64);
        }
        assert_eq!(pace.steps(), MOST_STEPS);
        for _ in 0..5 {
            pace.observe(pace.steps(), 0.2 * pace.steps() as f64);
        }
        assert_eq!(pace.steps(), 1);
    }
}
