//! How much to ask of the GPU in one go.

/// Seconds that one submission should take at most: longer ones delay the painting of pages, and a stop.
const SUBMISSION_SECONDS: f64 = 0.05;

/// Doubles the work of a submission while it stays short, and halves it when it does not. Work is counted in tokens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    now: usize,
    least: usize,
    most: usize,
}

impl Pace {
    /// A prompt is read by chunks of at most `most` tokens, and of 16 where even those take long: fewer would gain
    /// nothing.
    pub(crate) fn of_reading(most: usize) -> Self {
        Self { now: 64.min(most), least: 16.min(most), most }
    }

    /// Tokens are written up to 16 at a time.
    pub(crate) const fn of_writing() -> Self {
        Self { now: 1, least: 1, most: 16 }
    }

    pub(crate) const fn tokens(self) -> usize {
        self.now
    }

    /// Learns from a first measurement: as many tokens as would take as long as a submission may, if each took as long as
    /// these did. Fewer take longer each, so that this does not ask for too much.
    pub(crate) fn begin(&mut self, tokens: usize, seconds: f64) {
        let fit = (tokens as f64 * SUBMISSION_SECONDS / seconds) as usize;
        let power_below = (fit.min(self.most) + 1).next_power_of_two() / 2;
        self.now = power_below.clamp(self.least, self.most);
    }

    /// Learns that so many tokens took so long.
    pub(crate) fn observe(&mut self, tokens: usize, seconds: f64) {
        if seconds > SUBMISSION_SECONDS {
            self.now = (tokens / 2).max(self.least);
        } else if tokens == self.now && seconds < SUBMISSION_SECONDS / 2.0 {
            self.now = (tokens * 2).min(self.most);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_gpu_gets_many_steps_and_a_slow_one_a_single_one() {
        let mut pace = Pace::of_writing();
        for _ in 0..5 {
            pace.observe(pace.tokens(), 0.002 * pace.tokens() as f64);
        }
        assert_eq!(pace.tokens(), 16);
        for _ in 0..5 {
            pace.observe(pace.tokens(), 0.2 * pace.tokens() as f64);
        }
        assert_eq!(pace.tokens(), 1);
    }

    #[test]
    fn a_first_measurement_says_how_many_fit() {
        for (seconds, tokens) in
            [(0.005, 512), (0.01, 256), (0.026, 64), (0.05, 64), (0.06, 32), (9.0, 16), (0.0, 512)]
        {
            let mut pace = Pace::of_reading(512);
            pace.begin(64, seconds);
            assert_eq!(pace.tokens(), tokens, "{seconds} s");
        }
    }

    #[test]
    fn a_short_end_says_little() {
        let mut pace = Pace::of_reading(512);
        pace.observe(3, 0.001);
        assert_eq!(pace.tokens(), 64);
        pace.observe(64, 0.01);
        assert_eq!(pace.tokens(), 128);
        for _ in 0..9 {
            pace.observe(pace.tokens(), 3.0);
        }
        assert_eq!(pace.tokens(), 16);
    }
}
