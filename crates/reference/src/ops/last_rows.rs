/// The last `rows` rows of `x`.
pub fn last_rows(x: &[f32], columns: usize, rows: usize) -> Vec<f32> {
    x[x.len() - rows * columns..].to_vec()
}
