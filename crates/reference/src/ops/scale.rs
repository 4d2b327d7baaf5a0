/// `factor · x`, element by element.
pub fn scale(x: &[f32], factor: f32) -> Vec<f32> {
    x.iter().map(|x| factor * x).collect()
}
