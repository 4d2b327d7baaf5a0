use super::{CHUNK, Ranked, rank::sorted};
use ::ops::Choice;

/// The token for `position`, chosen from ranked chunks by the rules of [`Choice`].
///
/// The draw adds up `exp(logit / temperature)` of the tokens that are left and takes the one where the sum passes
/// `u · total`. It goes chunk by chunk and rank by rank: any order would give the same distribution, and this one gives
/// the kernel's token.
pub fn choose(chunks: &[Vec<Ranked>], choice: &Choice, position: usize) -> u32 {
    let mut tokens = sorted(&chunks.concat());
    let Some(&(most, top)) = tokens.first() else { return 0 };
    let sharpness = choice.sharpness();
    if sharpness == 0.0 {
        return most;
    }
    // +∞ counts as the largest number, so that there is a difference.
    let finite = |logit: f32| f64::from(logit.min(f32::MAX));
    let weight = |logit: f32| match logit > f32::NEG_INFINITY {
        true => ((finite(logit) - finite(top)) * f64::from(sharpness)).exp(),
        false => 0.0,
    };
    let mass = |tokens: &[Ranked]| tokens.iter().map(|t| weight(t.1)).sum::<f64>();
    if choice.top_k > 0 {
        tokens.truncate(choice.top_k as usize);
    }
    if choice.top_p < 1.0 {
        let goal = f64::from(choice.top_p) * mass(&tokens);
        let mut sum = 0.0;
        let enough = tokens.iter().position(|t| {
            sum += weight(t.1);
            sum >= goal
        });
        tokens.truncate(enough.map_or(tokens.len(), |last| last + 1));
    }
    let total = mass(&tokens);
    tokens.sort_by_key(|t| t.0 as usize / CHUNK);
    let goal = uniform(choice.seed, position as u32) * total;
    let mut sum = 0.0;
    let passes = tokens.iter().find(|t| {
        sum += weight(t.1);
        sum > goal
    });
    passes.map_or(most, |t| t.0)
}

/// Evenly spread over 0..1 in steps of 2⁻²⁴: pcg3d of Jarzynski and Olano, JCGT 9(3), 2020. All in 32 bits, so that a
/// GPU has the same number.
fn uniform(seed: u64, position: u32) -> f64 {
    let [mut x, mut y, mut z] = [seed as u32, (seed >> 32) as u32, position]
        .map(|v| v.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    x = x.wrapping_add(y.wrapping_mul(z));
    y = y.wrapping_add(z.wrapping_mul(x));
    z = z.wrapping_add(x.wrapping_mul(y));
    [x, y, z] = [x, y, z].map(|v| v ^ (v >> 16));
    x = x.wrapping_add(y.wrapping_mul(z));
    f64::from(x >> 8) / f64::from(1 << 24)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::rank;

    const DRAWS: usize = 20_000;

    fn warm() -> Choice {
        Choice { temperature: 1.0, ..Choice::GREEDY }
    }

    fn counts(choice: &Choice, logits: &[f32]) -> Vec<usize> {
        let chunks = rank(logits, choice);
        let mut counts = vec![0; logits.len()];
        for position in 0..DRAWS {
            counts[choose(&chunks, choice, position) as usize] += 1;
        }
        counts
    }

    fn thirds() -> [f32; 3] {
        [0.2, 0.5, 0.3].map(f32::ln)
    }

    #[test]
    fn frequencies_follow_the_softmax_with_any_seed() {
        for seed in [0, 1, 42, 1 << 32, u64::MAX] {
            let found = counts(&Choice { seed, ..warm() }, &thirds());
            for (count, expected) in found.into_iter().zip([4_000.0, 10_000.0, 6_000.0]) {
                assert!((count as f64 - expected).abs() < 300.0, "{count} instead of {expected}");
            }
        }
    }

    #[test]
    fn neighbouring_positions_draw_independently() {
        let flat = [0.0; 2];
        let chunks = rank(&flat, &warm());
        let draws: Vec<u32> = (0..DRAWS).map(|position| choose(&chunks, &warm(), position)).collect();
        let equal = draws.windows(2).filter(|pair| pair[0] == pair[1]).count();
        assert!(equal.abs_diff(DRAWS / 2) < 300, "{equal}");
    }

    #[test]
    fn a_low_temperature_sharpens() {
        let found = counts(&Choice { temperature: 0.5, ..warm() }, &thirds());
        let expected = 20_000.0 * 0.25 / 0.38;
        assert!((found[1] as f64 - expected).abs() < 300.0, "{} instead of {expected}", found[1]);
    }

    #[test]
    fn top_k_and_top_p_cut_the_tail() {
        assert_eq!(counts(&Choice { top_k: 2, ..warm() }, &thirds())[0], 0);
        assert_eq!(counts(&Choice { top_k: 1, ..warm() }, &thirds())[1], DRAWS);
        assert_eq!(counts(&Choice { top_p: 0.7, ..warm() }, &thirds())[0], 0);
        assert_eq!(counts(&Choice { top_p: 0.4, ..warm() }, &thirds())[1], DRAWS);
        assert_eq!(counts(&Choice { top_p: 0.0, ..warm() }, &thirds())[1], DRAWS);
        // 0.6 of what top-k left is within its first token.
        assert_eq!(counts(&Choice { top_k: 2, top_p: 0.6, ..warm() }, &thirds())[1], DRAWS);
    }

    #[test]
    fn of_equals_the_first_stay() {
        let found = counts(&Choice { top_k: 2, ..warm() }, &[1.0; 4]);
        assert_eq!((found[2], found[3]), (0, 0));
        assert!(found[0].abs_diff(found[1]) < 600);
    }

    #[test]
    fn broken_logits_still_give_a_token() {
        let token = |choice: &Choice, logits: &[f32]| choose(&rank(logits, choice), choice, 7);
        for choice in [warm(), Choice::GREEDY] {
            assert_eq!(token(&choice, &[f32::NAN, f32::NAN]), 0);
            assert_eq!(token(&choice, &[f32::NAN, 1.0, f32::NEG_INFINITY]), 1);
            assert_eq!(token(&choice, &[1.0, f32::INFINITY]), 1);
            assert_eq!(token(&choice, &[]), 0);
        }
    }
}
