/// `out[t] = x[t, from .. from + count]`: x `[T, columns]`.
pub fn columns(x: &[f32], columns: usize, from: usize, count: usize) -> Vec<f32> {
    x.chunks_exact(columns).flat_map(|row| &row[from..from + count]).copied().collect()
}
