use ::ops::Gate;

/// For each token the numbers of the `chosen` experts with the largest logits, then their weights, largest first: logits
/// `[T, experts]`, out `[T, 2 · chosen]`. Of equal logits the lower number comes first (arXiv 1701.06538).
pub fn route(logits: &[f32], experts: usize, chosen: usize, gate: Gate, scale: f32) -> Vec<f32> {
    let mut out = Vec::new();
    for row in logits.chunks_exact(experts) {
        let mut order: Vec<usize> = (0..experts).collect();
        order.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
        let order = &order[..chosen];
        let most = f64::from(row[order[0]]);
        let power = |e: usize| (f64::from(row[e]) - most).exp();
        let total: f64 = match gate {
            Gate::Softmax => (0..experts).map(power).sum(),
            Gate::ChosenSoftmax => order.iter().map(|&e| power(e)).sum(),
            Gate::Sigmoid => 1.0,
        };
        let weight = |e: usize| match gate {
            Gate::Softmax | Gate::ChosenSoftmax => power(e) / total,
            Gate::Sigmoid => 1.0 / (1.0 + (-f64::from(row[e])).exp()),
        };
        out.extend(order.iter().map(|&e| e as f32));
        out.extend(order.iter().map(|&e| (weight(e) * f64::from(scale)) as f32));
    }
    out
}
