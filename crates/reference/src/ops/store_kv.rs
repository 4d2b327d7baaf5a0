/// Writes `rows` `[T, width]` into `cache` `[S, width]` from row `position` on, and forgets what was there.
pub fn store_kv(cache: &mut Vec<f32>, rows: &[f32], width: usize, position: usize) {
    cache.truncate(position * width);
    cache.extend_from_slice(rows);
}
