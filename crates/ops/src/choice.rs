//! How the next token is chosen.

/// Tokens that the repetition penalty looks back on.
pub const PENALTY_WINDOW: usize = 64;

/// The rules by which a backend chooses a token from its logits, in this order: the repetition penalty, the temperature,
/// top-k, top-p, and a draw. Of equal logits the first token comes first; NaN comes last.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Divides the logits. 0 takes the most likely token (greedy); then only the penalty matters.
    pub temperature: f32,
    /// Keep the `top_k` most likely tokens; 0 keeps all.
    pub top_k: u32,
    /// Of these, keep the fewest whose probabilities reach `top_p` of their sum; 1 keeps all.
    pub top_p: f32,
    /// Divides positive (multiplies negative) logits of the recent tokens; 1 does nothing (arXiv 1909.05858).
    pub repetition_penalty: f32,
    /// With the position of the token that is chosen, decides the draw.
    pub seed: u64,
    /// What was written so far, the last [`PENALTY_WINDOW`] tokens at most, the newest last. While a backend
    /// chooses several tokens, it counts them in.
    pub recent: Vec<u32>,
}

impl Choice {
    /// The most likely token at every step.
    pub const GREEDY: Self =
        Self { temperature: 0.0, top_k: 0, top_p: 1.0, repetition_penalty: 1.0, seed: 0, recent: Vec::new() };

    /// `1 / temperature`, which multiplies the logits; 0 where the most likely token is taken.
    pub fn sharpness(&self) -> f32 {
        let sharpness = self.temperature.recip();
        if self.temperature > 0.0 && sharpness.is_finite() { sharpness } else { 0.0 }
    }

    /// Whether every token is the most likely one as the model has it.
    pub fn is_greedy(&self) -> bool {
        self.sharpness() == 0.0 && self.repetition_penalty == 1.0
    }

    /// Whether the rules are the same, whatever was written.
    pub fn has_rules_of(&self, other: &Self) -> bool {
        let rules = |c: &Self| (c.temperature, c.top_k, c.top_p, c.repetition_penalty, c.seed);
        rules(self) == rules(other)
    }

    /// Notes that `token` was written.
    pub fn note(&mut self, token: u32) {
        if self.recent.len() == PENALTY_WINDOW {
            self.recent.remove(0);
        }
        self.recent.push(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_the_newest_tokens() {
        let mut choice = Choice::GREEDY;
        (0..100).for_each(|token| choice.note(token));
        assert_eq!(choice.recent, (36..100).collect::<Vec<_>>());
    }

    #[test]
    fn no_temperature_is_greedy_nor_is_one_without_a_reciprocal() {
        let sharpness = |temperature| Choice { temperature, ..Choice::GREEDY }.sharpness();
        assert_eq!([0.0, -1.0, f32::NAN, 1e-45].map(sharpness), [0.0; 4]);
        assert_eq!(sharpness(0.5), 2.0);
    }
}
