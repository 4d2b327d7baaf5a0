//! Guessing the next tokens from the ones before, so that several are verified in one step.
//!
//! Summaries and rewrites repeat their source: where the last tokens occurred before, what followed then is likely to
//! follow again (prompt lookup, as in arXiv 2304.04487). A wrong guess costs time and changes nothing.
//!
//! A guess is right where it is the most likely token. A batch is computed by other kernels than a single token, which
//! round differently: where two logits are closer than that, the text may go on otherwise, as it may after a prompt that
//! was read in other steps. docs/decisions/guessed-tokens.md says why that is left so.

/// Tokens of the longest and the shortest end that is looked for.
const LONGEST: usize = 4;
const SHORTEST: usize = 2;
/// Most tokens of a guess: with the one before them they fill a tile of the matrix kernels.
pub(crate) const MOST_DRAFTED: usize = 7;
/// What may be lost where guesses fail, as a share of the time that plain steps take.
const ALLOWANCE: f64 = 0.02;
/// Most batches that earlier gains pay for: a text that stops repeating itself soon stops the guesses.
const MOST_SAVED: f64 = 4.0;
/// Seconds a token below which nothing is guessed: text comes faster than anybody reads, and a batch, which nothing can be
/// begun ahead of, costs its way back from the GPU.
const QUICK: f64 = 0.004;
/// Weight of the newest measurement.
const NEWEST: f64 = 0.25;

/// What followed the last tokens of `context` when they last occurred in it: at most `most` tokens, perhaps none.
pub(crate) fn draft(context: &[u32], most: usize) -> &[u32] {
    for length in (SHORTEST..=LONGEST).rev() {
        let Some(start) = context.len().checked_sub(length) else { continue };
        let end = &context[start..];
        // What occurs at `start` is the end itself.
        let before = &context[..context.len() - 1];
        if let Some(at) = before.windows(length).rposition(|window| window == end) {
            let following = &context[at + length..];
            return &following[..following.len().min(most).min(MOST_DRAFTED)];
        }
    }
    &[]
}

/// Whether to guess.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speculate {
    /// Never.
    Never,
    /// As long as it gains time.
    #[default]
    WhereItPays,
    /// Whenever there is a guess.
    Always,
}

/// An account of what guessing gained: the time that plain steps would have taken, less what verifying took. Guesses
/// must be covered by it; a small share of the time of plain steps is added, so that there can be a next try.
#[derive(Clone, Debug, Default)]
pub struct Speculation {
    /// Whether to guess.
    pub mode: Speculate,
    /// Batches verified.
    pub batches: u64,
    /// Tokens guessed in them.
    pub drafted: u64,
    /// Tokens written by them: those guessed rightly, and one more each.
    pub written: u64,
    /// Seconds of a token decoded plainly, and of a batch verified; none before the first.
    plain: Option<f64>,
    verified: Option<f64>,
    saved: f64,
}

impl Speculation {
    /// Whether a guess, should it be wrong, is paid for.
    pub(crate) fn is_worth_it(&self) -> bool {
        match (self.mode, self.plain) {
            (Speculate::Never, _) => false,
            (Speculate::Always, _) => true,
            (Speculate::WhereItPays, None) => false,
            (Speculate::WhereItPays, Some(plain)) if plain < QUICK => false,
            // A wrong guess still gives one token. Where nobody knows what a batch takes, one is tried.
            (Speculate::WhereItPays, Some(plain)) => self.saved >= self.verified.unwrap_or(plain) - plain,
        }
    }

    /// Learns what a batch takes before there is one, so that the first one is paid for as well.
    pub(crate) fn expect_verified(&mut self, seconds: f64) {
        self.verified = Some(seconds);
    }

    /// Learns that plain decoding wrote so many tokens in so long, and whether they were begun ahead.
    ///
    /// Where a guess might have come, nothing was, and the time that this cost is a price of guessing.
    pub(crate) fn observe_plain(&mut self, tokens: usize, begun: bool, seconds: f64) {
        match self.plain {
            Some(plain) if !begun => self.save(plain * tokens as f64 - seconds),
            before => self.plain = Some(smoothed(before, seconds / tokens as f64)),
        }
        self.save(ALLOWANCE * seconds);
    }

    /// Learns that a batch with `drafted` guessed tokens wrote `written` tokens.
    pub(crate) fn observe_verified(&mut self, drafted: usize, written: usize, seconds: f64) {
        self.batches += 1;
        self.drafted += drafted as u64;
        self.written += written as u64;
        self.verified = Some(smoothed(self.verified, seconds));
        self.save(self.plain.unwrap_or(0.0) * written as f64 - seconds);
    }

    fn save(&mut self, seconds: f64) {
        let most = MOST_SAVED * self.verified.unwrap_or(0.0);
        self.saved = (self.saved + seconds).min(most);
    }
}

fn smoothed(before: Option<f64>, newest: f64) -> f64 {
    before.map_or(newest, |before| before + NEWEST * (newest - before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_end_and_its_last_occurrence_count() {
        // Two tokens recur late, three early.
        assert_eq!(draft(&[1, 2, 3, 4, 5, 9, 2, 3, 7, 1, 2, 3], 3), [4, 5, 9]);
        assert_eq!(draft(&[2, 3, 4, 8, 2, 3, 5, 8, 9, 2, 3], 2), [5, 8]);
        assert_eq!(draft(&[5, 5, 5, 5], 7), [5]);
    }

    #[test]
    fn there_may_be_no_guess() {
        let none: [u32; 0] = [];
        for context in [&[][..], &[1], &[1, 1], &[1, 2, 3, 4], &[1, 2, 1, 3, 1]] {
            assert_eq!(draft(context, 7), none, "{context:?}");
        }
        assert_eq!(draft(&[1, 2, 3, 1, 2], 0), none);
    }

    #[test]
    fn a_guess_is_no_longer_than_a_tile() {
        let context: Vec<u32> = (0..40).chain(0..2).collect();
        assert_eq!(draft(&context, 99), (2..2 + MOST_DRAFTED as u32).collect::<Vec<_>>());
    }

    /// Seconds that `tokens` take when each batch takes three plain steps and writes `written` tokens; 0 where there is
    /// never a guess. A step that nothing is begun ahead of takes a tenth longer.
    fn seconds(speculation: &mut Speculation, tokens: usize, written: usize) -> f64 {
        let (mut done, mut seconds) = (0, 0.0);
        while done < tokens {
            let is_worth_it = speculation.is_worth_it();
            let (now, took) = match (is_worth_it, written) {
                (true, 1..) => (written, 0.03),
                (true, 0) => (1, 0.011),
                (false, _) => (1, 0.01),
            };
            match written {
                1.. if is_worth_it => speculation.observe_verified(7, written, took),
                _ => speculation.observe_plain(1, !is_worth_it, took),
            }
            (done, seconds) = (done + now, seconds + took);
        }
        seconds
    }

    #[test]
    fn free_text_loses_no_more_than_two_in_a_hundred() {
        let mut speculation = Speculation::default();
        // The first try, whose cost nobody knows, is over.
        seconds(&mut speculation, 10, 1);
        let batches = speculation.batches;
        let found = seconds(&mut speculation, 2000, 1);
        assert!(found <= 20.0 * 1.021, "{found} s instead of 20");
        assert!(speculation.batches > batches, "it is never tried again");
    }

    #[test]
    fn a_first_batch_whose_price_is_known_is_paid_for() {
        let mut speculation = Speculation::default();
        speculation.expect_verified(0.03);
        let found = seconds(&mut speculation, 200, 1);
        assert!(found <= 2.0 * 1.02, "{found} s instead of 2");
        assert!(speculation.batches > 0);
    }

    #[test]
    fn text_without_guesses_loses_no_more_than_two_in_a_hundred() {
        let found = seconds(&mut Speculation::default(), 2000, 0);
        assert!(found <= 20.0 * 1.021, "{found} s instead of 20");
    }

    #[test]
    fn text_that_repeats_gains_and_its_gains_are_not_squandered() {
        let mut speculation = Speculation::default();
        let found = seconds(&mut speculation, 2000, 6);
        assert!(found < 10.2, "{found} s instead of 20");
        let found = seconds(&mut speculation, 2000, 1);
        assert!(found <= 20.0 * 1.021 + MOST_SAVED * 0.03, "{found} s instead of 20");
    }

    #[test]
    fn the_caller_may_decide() {
        let always = Speculation { mode: Speculate::Always, ..Speculation::default() };
        assert!(always.is_worth_it());
        let mut never = Speculation { mode: Speculate::Never, ..Speculation::default() };
        never.observe_plain(1, true, 1.0);
        assert!(!never.is_worth_it());
    }

    #[test]
    fn what_is_quick_already_is_not_guessed() {
        let mut speculation = Speculation::default();
        speculation.observe_plain(16, true, 0.016);
        assert!(!speculation.is_worth_it());
        speculation.observe_plain(16, true, 1.6);
        assert!(speculation.is_worth_it());
    }
}
