/// Values that share a scale.
const GROUP: usize = 32;

/// `q = round(x / d)` with `d = max |x| / 127` over each group of 32 columns: the bytes, and `(d, d · Σ q)` of each group.
pub fn quantize(x: &[f32]) -> (Vec<i8>, Vec<[f32; 2]>) {
    let mut bytes = Vec::with_capacity(x.len());
    let mut scales = Vec::with_capacity(x.len() / GROUP);
    for group in x.chunks_exact(GROUP) {
        let most = group.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        let steps = if most > 0.0 { 127.0 / most } else { 0.0 };
        let first = bytes.len();
        bytes.extend(group.iter().map(|x| (x * steps).round_ties_even() as i8));
        let sum: i32 = bytes[first..].iter().map(|&q| i32::from(q)).sum();
        let d = most / 127.0;
        scales.push([d, d * sum as f32]);
    }
    (bytes, scales)
}
