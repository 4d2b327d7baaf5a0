//! A file that PyPI gguf wrote, read as PyPI gguf reads it. `golden/make.py` makes it.

use gguf::{Format, Reader, Value, testing::Random};
use std::{collections::HashMap, io::Cursor};

const FILE: &[u8] = include_bytes!("golden/blocks.gguf");

#[test]
fn every_format_dequantises_bit_for_bit() {
    let mut data: HashMap<String, Vec<u8>> = HashMap::new();
    let reader = pollster::block_on(Reader::open(Cursor::new(FILE))).unwrap();
    let header = pollster::block_on(reader.read_tensors(512, async |tensor, _, bytes| {
        data.entry(tensor.name.clone()).or_default().extend(bytes);
        Ok::<_, gguf::GgufError>(())
    }))
    .unwrap();

    for format in Format::ALL {
        let info = header.tensor(&format.to_string()).unwrap();
        assert_eq!(info.format, format);
        assert_eq!(info.rows(), 2);
        let mut values = vec![f32::NAN; info.elements()];
        format.dequantize(&data[&info.name], &mut values);
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        assert!(bytes == data[&format!("{format}.values")], "{format} differs");
    }
}

/// Enough random blocks to meet every pattern of every codebook; `golden/make.py` makes the same ones.
#[test]
fn every_pattern_dequantises_bit_for_bit() {
    let reader = pollster::block_on(Reader::open(Cursor::new(FILE))).unwrap();
    for format in Format::ALL.into_iter().filter(|format| format.block_len() == 256) {
        let mut random = Random::new(format.ggml().into());
        let mut bytes: Vec<u8> = (0..1024 * format.block_bytes()).map(|_| random.bits() as u8).collect();
        // No scale is infinite or not a number: one bit of the exponent is 0 in whatever could be one.
        for block in bytes.chunks_exact_mut(format.block_bytes()) {
            let end = block.len();
            [1, 3, 81, end - 1].into_iter().filter(|at| *at < end).for_each(|at| block[at] &= !0x40);
        }
        let mut values = vec![f32::NAN; 1024 * 256];
        format.dequantize(&bytes, &mut values);
        // FNV-1a, a word at a time.
        let hash = values.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, value| {
            (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3)
        });
        let key = format!("golden.hash.{format}");
        assert_eq!(reader.header().metadata.get(&key), Some(&Value::Uint(hash)), "{format} differs");
    }
}

#[test]
fn every_metadata_type_is_read() {
    let reader = pollster::block_on(Reader::open(Cursor::new(FILE))).unwrap();
    let metadata = &reader.header().metadata;
    for (key, value) in [
        ("uint8", Value::Uint(200)),
        ("int8", Value::Int(-100)),
        ("uint16", Value::Uint(60_000)),
        ("int16", Value::Int(-30_000)),
        ("uint32", Value::Uint(4_000_000_000)),
        ("int32", Value::Int(-2_000_000_000)),
        ("float32", Value::Float(0.1f32.into())),
        ("bool", Value::Bool(true)),
        ("string", Value::String("Sotto – 静かに".into())),
        ("uint64", Value::Uint((1 << 63) + 1)),
        ("int64", Value::Int(-(1 << 62))),
        ("float64", Value::Float(0.1)),
        ("strings", Value::Strings(["a", "", "Ġthe", "🦀"].map(String::from).into())),
        ("ints", Value::Ints(vec![3, -1, (1 << 31) - 1])),
        ("floats", Value::Floats(vec![0.5, -1000.25])),
        ("bools", Value::Bools(vec![true, false, true])),
    ] {
        assert_eq!(metadata.get(&format!("golden.{key}")), Some(&value), "{key}");
    }
}
