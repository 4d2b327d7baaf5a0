use std::f64::consts::PI;

/// `x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))`, element by element (arXiv 1606.08415).
pub fn gelu(x: &[f32]) -> Vec<f32> {
    x.iter().map(|&x| unit(x) as f32).collect()
}

/// The same of one number, not rounded.
pub(super) fn unit(x: f32) -> f64 {
    let x = f64::from(x);
    x / 2.0 * (1.0 + ((2.0 / PI).sqrt() * (x + 0.044715 * x.powi(3))).tanh())
}
