use super::{Ranked, argmax::better};

/// The most likely token over all slices; of equal ones the one with the smallest id.
pub fn pick(best: &[Ranked]) -> u32 {
    let mut best = best.to_vec();
    best.sort_by_key(|token| token.0);
    best.into_iter().reduce(better).map_or(0, |token| token.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_id_of_the_largest() {
        assert_eq!(pick(&[(9, 1.0), (4, 2.0), (3, 2.0), (1, f32::NAN)]), 3);
        assert_eq!(pick(&[(5, f32::NAN), (2, f32::NAN)]), 2);
        assert_eq!(pick(&[]), 0);
    }
}
