use ::ops::Choice;

/// Tokens that are ranked together.
pub const CHUNK: usize = 256;

/// A token and its logit.
pub type Ranked = (u32, f32);

/// The tokens of each chunk of [`CHUNK`] logits with the repetition penalty applied: the most likely first, of equal ones
/// the smaller id, NaN last.
pub fn rank(logits: &[f32], choice: &Choice) -> Vec<Vec<Ranked>> {
    let penalised = |(id, logit): Ranked| match choice.recent.contains(&id) {
        // A product, as on a GPU, whose quotients are not exact.
        true if logit > 0.0 => (id, logit * choice.repetition_penalty.recip()),
        true => (id, logit * choice.repetition_penalty),
        false => (id, logit),
    };
    let tokens: Vec<Ranked> = (0..).zip(logits.iter().copied()).map(penalised).collect();
    tokens.chunks(CHUNK).map(sorted).collect()
}

/// `tokens` by falling logit; equal ones stay in their order, and NaN goes to the end.
pub(super) fn sorted(tokens: &[Ranked]) -> Vec<Ranked> {
    let mut tokens = tokens.to_vec();
    tokens.sort_by(|a, b| a.1.is_nan().cmp(&b.1.is_nan()).then(b.1.total_cmp(&a.1)));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_falls_and_equals_keep_their_order() {
        let ids = |logits: &[f32]| {
            rank(logits, &Choice::GREEDY)
                .iter()
                .map(|c| c.iter().map(|t| t.0).collect())
                .collect::<Vec<Vec<u32>>>()
        };
        assert_eq!(ids(&[1.0, f32::NAN, 2.0, f32::NEG_INFINITY, -1.0, 2.0]), [[2, 5, 0, 4, 3, 1]]);
        let logits: Vec<f32> = (0..300).map(|i| i as f32).collect();
        assert_eq!(ids(&logits)[1][..2], [299, 298]);
    }

    #[test]
    fn the_penalty_lowers_recent_tokens_once() {
        let choice = Choice { repetition_penalty: 2.0, recent: vec![0, 1, 0, 9], ..Choice::GREEDY };
        assert_eq!(rank(&[1.0, -1.0, 0.75], &choice), [[(2, 0.75), (0, 0.5), (1, -2.0)]]);
    }
}
