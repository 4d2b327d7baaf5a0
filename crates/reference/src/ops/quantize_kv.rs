use half::f16;

/// Values of a group.
const GROUP: usize = 32;

/// `scale = max |x| / 127`, rounded to f16, and `quant = round(x / scale)`, of every 32 values x of `rows`: blocks of
/// [`gguf::Format::Q8_0`].
pub fn quantize_kv(rows: &[f32]) -> Vec<u8> {
    let mut blocks = Vec::new();
    for group in rows.chunks_exact(GROUP) {
        let most = group.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        let scale = f16::from_f32(most / 127.0);
        blocks.extend(scale.to_le_bytes());
        blocks.extend(group.iter().map(|x| {
            let quant = if scale > f16::ZERO { x / scale.to_f32() } else { 0.0 };
            quant.round_ties_even() as i8 as u8
        }));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use gguf::Format;

    fn back(rows: &[f32]) -> Vec<f32> {
        let mut values = vec![0.0; rows.len()];
        Format::Q8_0.dequantize(&quantize_kv(rows), &mut values);
        values
    }

    #[test]
    fn no_value_is_off_by_more_than_half_a_quant() {
        let rows: Vec<f32> =
            (0..3 * GROUP).map(|i| ((i * i) as f32).sin() * (1 + i / GROUP) as f32).collect();
        for (rows, found) in rows.chunks(GROUP).zip(back(&rows).chunks(GROUP)) {
            let most = rows.iter().fold(0.0f32, |most, x| most.max(x.abs()));
            // A scale is off by 2⁻¹¹ of itself at most.
            let bound = most / 127.0 * (0.5 + 127.0 / 2048.0);
            assert!(rows.iter().zip(found).all(|(x, y)| (x - y).abs() <= bound), "{rows:?} {found:?}");
        }
    }

    #[test]
    fn what_is_kept_is_kept_again_as_it_is() {
        let rows: Vec<f32> = (0..GROUP).map(|i| (i as f32 - 12.0) / 3.0).collect();
        let once = back(&rows);
        assert_eq!(back(&once), once);
        assert_eq!(back(&[0.0; GROUP]), [0.0; GROUP]);
        // Too small for a scale in f16.
        assert_eq!(back(&[1e-9; GROUP]), [0.0; GROUP]);
    }
}
