/// `out[t] = x[t] + bias`: x and out `[T, D]`, bias `[D]`.
pub fn add_bias(x: &[f32], bias: &[f32]) -> Vec<f32> {
    x.iter().zip(bias.iter().cycle()).map(|(x, b)| x + b).collect()
}
