/// `out[t] = x[t] · (1 + strength · ln(1 + ⌊(position + t + 1) / floor⌋))`: x and out `[T, columns]`.
pub fn temper(x: &[f32], columns: usize, strength: f32, floor: usize, position: usize) -> Vec<f32> {
    let factor = |t: usize| {
        let steps = (position + t + 1) / floor;
        1.0 + f64::from(strength) * (1.0 + steps as f64).ln()
    };
    let rows = x.chunks_exact(columns).enumerate();
    rows.flat_map(|(t, row)| row.iter().map(move |&x| (f64::from(x) * factor(t)) as f32)).collect()
}
