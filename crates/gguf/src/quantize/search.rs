//! Scales that lose least: Σ w (x - x')² over many tries, each with the best scale for its levels.
//!
//! The idea is k-quants' (ggml-org/llama.cpp#1684): a scale fixes the level of every value, and once the levels are
//! fixed the best scale follows by least squares. So scales around the obvious one are tried, solved for, and the best kept.

/// Tries on either side of the obvious scale.
const TRIES: i32 = 10;

/// How much an error in each value costs, from how much it does in each column: large values are worth more, as ggml has it.
pub(super) fn weights<const LEN: usize>(x: &[f32; LEN], importance: &[f32; LEN]) -> [f32; LEN] {
    let square = x.iter().map(|x| x * x).sum::<f32>() / LEN as f32;
    std::array::from_fn(|i| importance[i] * (2.0 * square + x[i] * x[i]).sqrt())
}

/// `d` so that `x` is about `d q`, with `q` of `-levels..levels`.
pub(super) fn scale(x: &[f32], weights: &[f32], levels: i32) -> f32 {
    let furthest = super::furthest(x);
    if furthest == 0.0 {
        return 0.0;
    }
    let mut best = (furthest / -levels as f32, f64::NEG_INFINITY);
    for attempt in -TRIES..=TRIES {
        let inverse = -(levels as f32 + 0.1 * attempt as f32) / furthest;
        let (mut xq, mut qq) = (0f64, 0f64);
        for (&x, &weight) in x.iter().zip(weights) {
            let q = f64::from((x * inverse).round().clamp(-levels as f32, levels as f32 - 1.0));
            xq += f64::from(weight) * f64::from(x) * q;
            qq += f64::from(weight) * q * q;
        }
        // By how much the error is below that of a scale of 0.
        let gain = xq * xq / qq;
        if qq > 0.0 && gain > best.1 {
            best = ((xq / qq) as f32, gain);
        }
    }
    best.0
}

/// `(d, min)` so that `x` is about `d q + min`, with `q` of `0..=levels` and `min` at most `most`.
pub(super) fn scale_and_min(x: &[f32], weights: &[f32], levels: i32, most: f32) -> (f32, f32) {
    let low = x.iter().copied().fold(f32::INFINITY, f32::min).min(most);
    let high = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if high <= low {
        return (0.0, low);
    }
    let mut best = ((high - low) / levels as f32, low);
    let mut least = error(x, weights, levels, best);
    for attempt in -TRIES..=TRIES {
        let inverse = (levels as f32 + 0.1 * attempt as f32) / (high - low);
        let tried = least_squares(x, weights, most, |x| level((x - low) * inverse, levels));
        let lost = error(x, weights, levels, tried);
        if lost < least {
            (best, least) = (tried, lost);
        }
    }
    best
}

/// The best `(d, min)` for given levels.
fn least_squares(x: &[f32], weights: &[f32], most: f32, level_of: impl Fn(f32) -> f32) -> (f32, f32) {
    let [mut w, mut wx, mut wq, mut wxq, mut wqq] = [0f64; 5];
    for (&x, &weight) in x.iter().zip(weights) {
        let (q, weight) = (f64::from(level_of(x)), f64::from(weight));
        w += weight;
        wx += weight * f64::from(x);
        wq += weight * q;
        wxq += weight * f64::from(x) * q;
        wqq += weight * q * q;
    }
    let determinant = w * wqq - wq * wq;
    if determinant <= 0.0 {
        return (0.0, (wx / w.max(f64::MIN_POSITIVE)) as f32);
    }
    let min = (wqq * wx - wq * wxq) / determinant;
    if min > f64::from(most) {
        let most = f64::from(most);
        return (((wxq - most * wq) / wqq) as f32, most as f32);
    }
    (((w * wxq - wx * wq) / determinant) as f32, min as f32)
}

/// Σ w (x - x')², `x'` being the nearest that `(d, min)` can say.
pub(super) fn error(x: &[f32], weights: &[f32], levels: i32, (d, min): (f32, f32)) -> f64 {
    let inverse = super::inverse(d);
    let errors = x.iter().zip(weights).map(|(&x, &weight)| {
        let lost = f64::from(x - (d * level((x - min) * inverse, levels) + min));
        f64::from(weight) * lost * lost
    });
    errors.sum()
}

fn level(value: f32, levels: i32) -> f32 {
    value.round().clamp(0.0, levels as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_found_exactly() {
        let q: [f32; 32] = std::array::from_fn(|i| (i % 16) as f32);
        let (d, min) = scale_and_min(&q.map(|q| 0.5 * q - 3.0), &[1.0; 32], 15, 0.0);
        assert!((d - 0.5).abs() < 1e-6 && (min + 3.0).abs() < 1e-5, "{d} {min}");
        assert!((scale(&q.map(|q| 0.25 * (q - 8.0)), &[1.0; 32], 8) - 0.25).abs() < 1e-6);
    }

    #[test]
    fn a_minimum_stays_under_its_bound() {
        let x: [f32; 32] = std::array::from_fn(|i| 5.0 + i as f32);
        let (d, min) = scale_and_min(&x, &[1.0; 32], 15, 0.0);
        assert!(min == 0.0 && d > 2.0, "{d} {min}");
        assert_eq!(scale_and_min(&[0.0; 32], &[1.0; 32], 15, 0.0), (0.0, 0.0));
        assert_eq!(scale(&[0.0; 32], &[1.0; 32], 8), 0.0);
    }

    /// Without a search, the outlier alone decides the scale and everything else is lost.
    #[test]
    fn what_costs_more_is_kept_better() {
        let mut x: [f32; 32] = std::array::from_fn(|i| ((i * 7) % 11) as f32 / 11.0);
        x[31] = 1.4;
        let mut weights = [1.0; 32];
        weights[31] = 1e-6;
        let plain = (1.4 / 15.0, 0.0);
        let found = scale_and_min(&x, &weights, 15, 0.0);
        assert!(error(&x, &weights, 15, found) < 0.9 * error(&x, &weights, 15, plain), "{found:?}");
    }
}
