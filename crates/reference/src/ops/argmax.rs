/// The index of the largest value; of equal ones, the first. NaN never wins; of nothing but NaN, index 0.
pub fn argmax(values: &[f32]) -> u32 {
    let mut best = (f32::NEG_INFINITY, 0);
    for (i, &value) in values.iter().enumerate() {
        if value > best.0 {
            best = (value, i as u32);
        }
    }
    best.1
}
