//! The bars of `tests/golden/compare.py` once more: KL(reference ‖ run) over the reference's listed tokens and all the rest.

/// Log-probabilities have 7 decimals and come from f32 logits: a rest below this cannot be told from nothing.
const LEAST_REST: f64 = 1e-9;

/// Differences of the likeliest token below this gap of the reference's two best are ties.
const GAP: f64 = 0.003;

/// One line of `sotto logits`.
#[derive(serde::Deserialize)]
pub struct Position {
    pos: usize,
    id: u32,
    top: Vec<(u32, f64)>,
}

/// The positions of a JSON-lines text, checked.
pub fn positions(text: &str) -> Vec<Position> {
    let positions: Vec<Position> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect();
    for (number, position) in positions.iter().enumerate() {
        let Position { pos, top, .. } = position;
        assert_eq!(*pos, number);
        assert!(top.len() >= 2 && top.iter().all(|(_, lp)| lp.is_finite() && *lp <= 1e-6), "position {pos}");
        assert!(top.windows(2).all(|pair| pair[0].1 >= pair[1].1), "position {pos} is not sorted");
        assert!(top.iter().map(|(_, lp)| lp.exp()).sum::<f64>() <= 1.0 + 1e-4, "position {pos}");
        let mut ids: Vec<u32> = top.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "position {pos} has a token twice");
    }
    positions
}

/// How a run differs from the reference.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Positions compared.
    pub positions: usize,
    kl: f64,
    /// Tokens that the run does not list.
    pub faults: Vec<String>,
    /// Likeliest tokens that differ.
    pub mismatches: Vec<String>,
}

impl Comparison {
    /// Compares one prompt more.
    pub fn add(&mut self, name: &str, reference: &str, run: &str) {
        let (reference, run) = (positions(reference), positions(run));
        assert_eq!(reference.len(), run.len(), "{name}");
        assert!(!reference.is_empty(), "{name}");
        for (expected, actual) in reference.iter().zip(&run) {
            assert_eq!(expected.id, actual.id, "{name}, position {}", expected.pos);
            self.positions += 1;
            self.add_position(name, expected, actual);
        }
    }

    fn add_position(&mut self, name: &str, expected: &Position, actual: &Position) {
        let mut rest = (1.0, 1.0);
        for (token, lp) in &expected.top {
            let Some((_, lq)) = actual.top.iter().find(|(id, _)| id == token) else {
                self.faults.push(format!("{name}, position {}: {token} is not listed", expected.pos));
                continue;
            };
            self.kl += lp.exp() * (lp - lq);
            rest = (rest.0 - lp.exp(), rest.1 - lq.exp());
        }
        let (p, q) = (rest.0.max(LEAST_REST), rest.1.max(LEAST_REST));
        self.kl += p * (p / q).ln();

        let gap = expected.top[0].1 - expected.top[1].1;
        if gap > GAP && expected.top[0].0 != actual.top[0].0 {
            let (should, is) = (expected.top[0].0, actual.top[0].0);
            self.mismatches
                .push(format!("{name}, position {}: {is} instead of {should}, gap {gap:.4}", expected.pos));
        }
    }

    /// Σ KL / positions.
    pub fn mean_kl(&self) -> f64 {
        self.kl / self.positions as f64
    }

    /// Fails where a bar is passed.
    pub fn hold(&self, most_kl: f64) {
        self.hold_with(most_kl, 0);
    }

    /// The same where the run is rounded, so that some likeliest tokens may differ.
    pub fn hold_with(&self, most_kl: f64, most_mismatches: usize) {
        println!("{} positions, mean KL {:.3e}", self.positions, self.mean_kl());
        let Self { faults, mismatches, .. } = self;
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
        assert!(
            mismatches.len() <= most_mismatches,
            "{} mismatches:\n{}",
            mismatches.len(),
            mismatches.join("\n")
        );
        // Turned this way round, a NaN fails.
        assert!(
            self.mean_kl() <= most_kl,
            "mean KL {:.3e} over {} positions",
            self.mean_kl(),
            self.positions
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(probabilities: &[(u32, f64)]) -> String {
        let top: Vec<(u32, f64)> = probabilities.iter().map(|(id, p)| (*id, p.ln())).collect();
        format!("{{\"pos\":0,\"id\":7,\"top\":{}}}\n", serde_json::to_string(&top).expect("JSON"))
    }

    fn compare(reference: &[(u32, f64)], run: &[(u32, f64)]) -> Comparison {
        let mut comparison = Comparison::default();
        comparison.add("test", &line(reference), &line(run));
        comparison
    }

    #[test]
    fn kl_counts_the_listed_tokens_and_the_rest() {
        let comparison = compare(&[(1, 0.5), (2, 0.3)], &[(1, 0.4), (2, 0.3), (3, 0.2)]);
        let expected = 0.5 * (0.5f64 / 0.4).ln() + 0.2 * (0.2f64 / 0.3).ln();
        assert!((comparison.mean_kl() - expected).abs() < 1e-12);
        assert!(comparison.faults.is_empty() && comparison.mismatches.is_empty());
    }

    #[test]
    #[should_panic(expected = "mean KL")]
    fn a_bar_is_held() {
        compare(&[(1, 0.5), (2, 0.3)], &[(1, 0.49), (2, 0.3)]).hold(1e-5);
    }

    #[test]
    fn an_unlisted_token_is_a_fault() {
        assert_eq!(compare(&[(1, 0.5), (2, 0.3)], &[(1, 0.5), (3, 0.3)]).faults.len(), 1);
    }

    #[test]
    fn another_likeliest_token_is_a_mismatch_unless_it_was_a_tie() {
        let one = compare(&[(1, 0.4), (2, 0.39)], &[(2, 0.4), (1, 0.39)]);
        assert_eq!((one.mismatches.len(), one.faults.len()), (1, 0));
        one.hold_with(1.0, 1);
        assert_eq!(compare(&[(1, 0.4), (2, 0.3999)], &[(2, 0.4), (1, 0.3999)]).mismatches.len(), 0);
    }

    #[test]
    #[should_panic(expected = "mismatches")]
    fn mismatches_are_held() {
        compare(&[(1, 0.4), (2, 0.39)], &[(2, 0.4), (1, 0.39)]).hold(1.0);
    }
}
