//! Blocks against those that ggml makes of the same weights. `golden/quantize.py` has the file made.

use gguf::{Format, GgufError, NoEncoder, Reader, quantize};
use std::{collections::HashMap, io::Cursor};

const FILE: &[u8] = include_bytes!("golden/quantize.gguf");
const COLUMNS: usize = 1024;

/// The data of every tensor.
fn golden() -> HashMap<String, Vec<u8>> {
    let mut data: HashMap<String, Vec<u8>> = HashMap::new();
    let reader = pollster::block_on(Reader::open(Cursor::new(FILE))).unwrap();
    pollster::block_on(reader.read_tensors(4096, async |tensor, _, bytes| {
        data.entry(tensor.name.clone()).or_default().extend(bytes);
        Ok::<_, GgufError>(())
    }))
    .unwrap();
    data
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn blocks(format: Format, weights: &[f32], importance: Option<&[f32]>) -> Vec<u8> {
    let mut out = Vec::new();
    quantize(format, weights, COLUMNS, importance, &mut out).unwrap();
    out
}

/// Σ importance (x - x')² over the values of blocks.
fn error(format: Format, bytes: &[u8], weights: &[f32], importance: &[f32]) -> f64 {
    let mut read = vec![0.0; weights.len()];
    format.dequantize(bytes, &mut read);
    let columns = importance.iter().cycle();
    read.iter().zip(weights).zip(columns).map(|((a, b), &w)| f64::from(w) * f64::from(a - b).powi(2)).sum()
}

#[test]
fn simple_formats_are_ggmls_bit_for_bit() {
    let golden = golden();
    let weights = floats(&golden["weights"]);
    assert_eq!(blocks(Format::F32, &weights, None), golden["weights"]);
    for format in
        [Format::F16, Format::BF16, Format::Q8_0, Format::Q4_0, Format::Q4_1, Format::Q5_0, Format::Q5_1]
    {
        assert!(blocks(format, &weights, None) == golden[&format.to_string()], "{format} differs");
    }
}

/// The search need not find what ggml's finds, but nothing worse.
#[test]
fn searches_lose_no_more_than_ggmls() {
    let golden = golden();
    let weights = floats(&golden["weights"]);
    for format in [Format::Q4_K, Format::Q5_K, Format::Q6_K] {
        let even = vec![1.0; COLUMNS];
        let ours = error(format, &blocks(format, &weights, None), &weights, &even);
        let ggmls = error(format, &golden[&format.to_string()], &weights, &even);
        println!("{format}: {:.4} of ggml's error", ours / ggmls);
        assert!(ours < 1.01 * ggmls, "{format}: {ours:e} against {ggmls:e}");
    }
}

#[test]
fn important_columns_lose_less() {
    let golden = golden();
    let (weights, importance) = (floats(&golden["weights"]), floats(&golden["importance"]));
    for format in
        [Format::Q4_0, Format::Q4_1, Format::Q5_0, Format::Q5_1, Format::Q4_K, Format::Q5_K, Format::Q6_K]
    {
        let lost = |bytes: &[u8]| error(format, bytes, &weights, &importance);
        let ours = lost(&blocks(format, &weights, Some(&importance)));
        let ggmls = lost(&golden[&format!("{format}.important")]);
        let even = lost(&blocks(format, &weights, None));
        println!("{format}: {:.4} of ggml's error, {:.4} of that without", ours / ggmls, ours / even);
        assert!(ours < 1.01 * ggmls, "{format}: {ours:e} against {ggmls:e}");
        assert!(ours < 0.95 * even, "{format}: {ours:e} against {even:e} without importance");
    }
}

#[test]
fn zeros_stay_zeros() {
    for format in [Format::Q8_0, Format::Q4_0, Format::Q4_1, Format::Q4_K, Format::Q5_K, Format::Q6_K] {
        let mut read = vec![1.0; COLUMNS];
        format.dequantize(&blocks(format, &[0.0; COLUMNS], None), &mut read);
        assert!(read.iter().all(|&value| value == 0.0), "{format}");
        format.dequantize(&blocks(format, &[0.0; COLUMNS], Some(&[1.0; COLUMNS])), &mut read);
        assert!(read.iter().all(|&value| value == 0.0), "{format}");
    }
}

#[test]
fn formats_that_are_only_read_say_so() {
    let mut out = Vec::new();
    assert_eq!(quantize(Format::IQ2_XXS, &[0.0; 256], 256, None, &mut out), Err(NoEncoder(Format::IQ2_XXS)));
    assert!(out.is_empty());
}
