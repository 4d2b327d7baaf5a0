/// `out[t] = Σ_i weight[t, i] · x[t, i]`: x `[T, chosen, D]`, weights those of `route` (see [`super::route`]), out `[T, D]`.
pub fn combine(x: &[f32], route: &[f32], chosen: usize) -> Vec<f32> {
    let columns = x.len() / (route.len() / 2);
    let tokens = x.chunks_exact(chosen * columns).zip(route.chunks_exact(2 * chosen));
    tokens
        .flat_map(|(x, choice)| {
            (0..columns).map(move |d| {
                (0..chosen)
                    .map(|i| f64::from(choice[chosen + i]) * f64::from(x[i * columns + d]))
                    .sum::<f64>() as f32
            })
        })
        .collect()
}
