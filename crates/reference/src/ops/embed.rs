/// `out[t] = table[tokens[t]]`: table `[V, D]`, out `[T, D]`.
pub fn embed(table: &[f32], columns: usize, tokens: &[u32]) -> Vec<f32> {
    tokens.iter().flat_map(|&t| &table[t as usize * columns..][..columns]).copied().collect()
}
