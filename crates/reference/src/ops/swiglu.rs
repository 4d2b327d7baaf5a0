/// `gate · sigmoid(gate) · up`, element by element (arXiv 2002.05202).
pub fn swiglu(gate: &[f32], up: &[f32]) -> Vec<f32> {
    let silu = |x: f32| f64::from(x) / (1.0 + (-f64::from(x)).exp());
    gate.iter().zip(up).map(|(&gate, &up)| (silu(gate) * f64::from(up)) as f32).collect()
}
