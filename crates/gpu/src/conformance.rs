//! Every kernel against its reference, as a table of cases: run by a test on each adapter at hand, and in the browser
//! by the worker's self-test.

mod bench;
mod case;
mod table;

pub use bench::Bench;
pub use case::Case;
pub use table::{brief_table, of_lanes, of_sums, table};

/// `Σ (found − expected)² / Σ expected²`; NaN where anything is NaN or the lengths differ.
fn nmse(found: &[f32], expected: &[f32]) -> f64 {
    if found.len() != expected.len() {
        return f64::NAN;
    }
    let square = |x: f64| x * x;
    let off: f64 = found.iter().zip(expected).map(|(&f, &e)| square(f64::from(f) - f64::from(e))).sum();
    let all: f64 = expected.iter().map(|&e| square(f64::from(e))).sum();
    if off == 0.0 { 0.0 } else { off / all }
}

#[cfg(test)]
mod tests {
    use super::nmse;

    #[test]
    fn the_error_can_fail() {
        assert_eq!(nmse(&[1.0, 2.0], &[1.0, 2.0]), 0.0);
        assert_eq!(nmse(&[2.0], &[1.0]), 1.0);
        assert!(nmse(&[f32::NAN], &[1.0]).is_nan());
        assert!(nmse(&[1.0], &[1.0, 1.0]).is_nan());
        assert_eq!(nmse(&[1.0], &[0.0]), f64::INFINITY);
    }
}
