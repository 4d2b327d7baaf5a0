use super::gelu::unit;

/// `gelu(gate) · up`, element by element (arXiv 2002.05202).
pub fn geglu(gate: &[f32], up: &[f32]) -> Vec<f32> {
    gate.iter().zip(up).map(|(&gate, &up)| (unit(gate) * f64::from(up)) as f32).collect()
}
