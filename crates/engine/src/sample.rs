//! Choosing the next token on the processor.

use std::collections::VecDeque;
use text::Sampling;

/// Tokens that the repetition penalty looks back on.
const PENALTY_WINDOW: usize = 64;

/// Chooses tokens by [`Sampling`], and remembers what it needs of the ones before.
#[derive(Clone, Debug)]
pub struct Sampler {
    sampling: Sampling,
    state: u64,
    recent: VecDeque<u32>,
}

impl Sampler {
    /// A sampler at the start of its seed's sequence.
    pub fn new(sampling: Sampling) -> Self {
        Self { sampling, state: sampling.seed, recent: VecDeque::new() }
    }

    /// Whether every choice is the most likely token as the model has it, so that a GPU can make it alone.
    pub fn is_plain_greedy(&self) -> bool {
        self.sampling.temperature <= 0.0 && self.sampling.repetition_penalty == 1.0
    }

    /// Notes that `token` was written.
    pub fn note(&mut self, token: u32) {
        if self.recent.len() == PENALTY_WINDOW {
            self.recent.pop_front();
        }
        self.recent.push_back(token);
    }

    /// Chooses a token by its logits.
    pub fn choose(&mut self, logits: &mut [f32]) -> u32 {
        self.penalise(logits);
        if self.sampling.temperature <= 0.0 {
            return argmax(logits);
        }
        let mut candidates: Vec<(u32, f64)> = (0u32..)
            .zip(logits.iter())
            .filter(|(_, logit)| logit.is_finite())
            .map(|(id, &logit)| (id, f64::from(logit) / f64::from(self.sampling.temperature)))
            .collect();
        if candidates.is_empty() {
            return argmax(logits);
        }
        candidates.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
        if self.sampling.top_k > 0 {
            candidates.truncate(self.sampling.top_k as usize);
        }
        let most = candidates[0].1;
        candidates.iter_mut().for_each(|(_, p)| *p = (*p - most).exp());
        let total: f64 = candidates.iter().map(|(_, p)| p).sum();
        let mut kept = 0.0;
        let nucleus = f64::from(self.sampling.top_p) * total;
        let enough = candidates.iter().position(|(_, p)| {
            kept += p;
            kept >= nucleus
        });
        candidates.truncate(enough.map_or(candidates.len(), |last| last + 1));
        let mut left = self.uniform() * candidates.iter().map(|(_, p)| p).sum::<f64>();
        for &(id, p) in &candidates {
            left -= p;
            if left < 0.0 {
                return id;
            }
        }
        candidates[candidates.len() - 1].0
    }

    /// Divides positive and multiplies negative logits of recent tokens by the penalty (arXiv 1909.05858).
    fn penalise(&self, logits: &mut [f32]) {
        let penalty = self.sampling.repetition_penalty;
        if penalty == 1.0 {
            return;
        }
        let mut seen: Vec<u32> = self.recent.iter().copied().collect();
        seen.sort_unstable();
        seen.dedup();
        for id in seen {
            if let Some(logit) = logits.get_mut(id as usize) {
                *logit = if *logit > 0.0 { *logit / penalty } else { *logit * penalty };
            }
        }
    }

    /// Evenly spread over 0..1 (SplitMix64).
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The first of the largest values; NaN never wins.
fn argmax(logits: &[f32]) -> u32 {
    let mut best = (f32::NEG_INFINITY, 0);
    for (id, &logit) in (0u32..).zip(logits) {
        if logit > best.0 {
            best = (logit, id);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(sampling: Sampling, logits: &[f32]) -> Vec<usize> {
        let mut sampler = Sampler::new(sampling);
        let mut counts = vec![0; logits.len()];
        for _ in 0..20_000 {
            counts[sampler.choose(&mut logits.to_vec()) as usize] += 1;
        }
        counts
    }

    const WARM: Sampling = Sampling { temperature: 1.0, ..Sampling::GREEDY };

    #[test]
    fn frequencies_follow_the_softmax() {
        let logits = [0.5f32.ln(), 0.3f32.ln(), 0.2f32.ln()];
        for (count, expected) in counts(WARM, &logits).into_iter().zip([10_000.0, 6_000.0, 4_000.0]) {
            assert!((count as f64 - expected).abs() < 300.0, "{count} instead of {expected}");
        }
    }

    #[test]
    fn top_k_and_top_p_cut_the_tail() {
        let logits = [0.5f32.ln(), 0.3f32.ln(), 0.2f32.ln()];
        assert_eq!(counts(Sampling { top_k: 2, ..WARM }, &logits)[2], 0);
        assert_eq!(counts(Sampling { top_p: 0.7, ..WARM }, &logits)[2], 0);
        assert_eq!(counts(Sampling { top_p: 0.4, ..WARM }, &logits)[0], 20_000);
    }

    #[test]
    fn the_penalty_turns_away_from_recent_tokens() {
        let mut sampler = Sampler::new(Sampling { repetition_penalty: 2.0, ..Sampling::GREEDY });
        assert_eq!(sampler.choose(&mut [1.0, 0.9]), 0);
        sampler.note(0);
        assert_eq!(sampler.choose(&mut [1.0, 0.9]), 1);
        assert_eq!(sampler.choose(&mut [-1.0, -1.5]), 1);
    }

    #[test]
    fn broken_logits_still_give_a_token() {
        assert_eq!(Sampler::new(WARM).choose(&mut [f32::NAN, f32::NAN]), 0);
        assert_eq!(Sampler::new(Sampling::GREEDY).choose(&mut [f32::NAN, 1.0]), 1);
    }
}
