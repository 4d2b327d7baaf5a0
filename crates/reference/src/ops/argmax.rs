use super::Ranked;

/// The largest of the logits of the tokens `s`, `s + slices`, `s + 2 · slices` …, for each `s`, and its token. Of equal
/// ones the first wins; NaN never does, and of nothing but NaN the first is given.
pub fn argmax(logits: &[f32], slices: usize) -> Vec<Ranked> {
    let slice = |s| (0..).zip(logits.iter().copied()).skip(s).step_by(slices);
    (0..slices.min(logits.len())).filter_map(|s| slice(s).reduce(better)).collect()
}

/// The better of two tokens, `a` having the smaller id.
pub(super) fn better(a: Ranked, b: Ranked) -> Ranked {
    if b.1 > a.1 || a.1.is_nan() && !b.1.is_nan() { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slice_has_its_first_largest() {
        let logits = [1.0, f32::NAN, 3.0, 2.0, 3.0, 2.0, f32::NAN];
        assert_eq!(argmax(&logits, 2), [(2, 3.0), (3, 2.0)]);
        assert_eq!(argmax(&logits, 1), [(2, 3.0)]);
        assert_eq!(argmax(&[f32::NAN, f32::NAN], 1)[0].0, 0);
    }
}
