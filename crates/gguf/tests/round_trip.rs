//! What the writer wrote comes back, in chunks of whole blocks.

use gguf::{Format, GgufError, Metadata, Reader, Source, Value, Writer, testing::random_blocks};
use std::io::Cursor;

/// Gives a few bytes at a time and does not know its length, as a network does.
struct Trickle<'a>(&'a [u8]);

impl Source for Trickle<'_> {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        let count = into.len().min(self.0.len()).min(7);
        let (front, rest) = self.0.split_at(count);
        into[..count].copy_from_slice(front);
        self.0 = rest;
        Ok(count)
    }
}

fn metadata() -> Metadata {
    [
        ("uint", Value::Uint(7)),
        ("long", Value::Uint(u64::MAX)),
        ("int", Value::Int(-7)),
        ("long int", Value::Int(i64::MIN)),
        ("float", Value::Float(0.5)),
        ("double", Value::Float(0.1)),
        ("bool", Value::Bool(false)),
        ("string", Value::String("a\0b 🦀".into())),
        ("strings", Value::Strings(vec![String::new(), "x".repeat(200_000)])),
        ("no strings", Value::Strings(vec![])),
        ("ints", Value::Ints(vec![-1, 1])),
        ("long ints", Value::Ints(vec![i64::MIN, i64::MAX])),
        ("floats", Value::Floats(vec![1.5, f32::MAX])),
        ("bools", Value::Bools(vec![true, false])),
    ]
    .into_iter()
    .collect()
}

fn write() -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut writer = Writer::new(&metadata());
    let mut data = Vec::new();
    for format in Format::ALL {
        let bytes = random_blocks(format, 3 * 5, 1);
        let shape = [3, 5 * format.block_len()];
        writer.tensor(&format.to_string(), &shape, format, &bytes).unwrap();
        data.push(bytes);
    }
    (writer.finish(), data)
}

fn check<S: Source>(source: S, chunk_bytes: usize) {
    let (_, expected) = write();
    let mut data: Vec<Vec<u8>> = Vec::new();
    let reader = pollster::block_on(Reader::open(source)).unwrap();
    assert_eq!(reader.header().metadata, metadata());
    let header = pollster::block_on(reader.read_tensors(chunk_bytes, async |tensor, first_block, bytes| {
        let block_bytes = tensor.format.block_bytes();
        assert!(bytes.len() <= chunk_bytes.max(2 * block_bytes));
        assert_eq!(bytes.len() % block_bytes, 0);
        if first_block == 0 {
            data.push(Vec::new());
        }
        let data = data.last_mut().unwrap();
        assert_eq!(data.len() as u64, first_block * block_bytes as u64);
        data.extend(bytes);
        Ok::<_, GgufError>(())
    }))
    .unwrap();
    assert!(data == expected);
    for (tensor, format) in header.tensors.iter().zip(Format::ALL) {
        assert_eq!(tensor.format, format);
        assert_eq!(tensor.shape, [3, 5 * format.block_len()]);
        assert_eq!((tensor.rows(), tensor.columns()), (3, 5 * format.block_len()));
    }
}

#[test]
fn all_comes_back_whatever_the_chunk() {
    let (file, _) = write();
    for chunk_bytes in [0, 1, 100, 1000, 1 << 20] {
        check(Cursor::new(&file), chunk_bytes);
    }
}

#[test]
fn a_source_may_trickle() {
    let (file, _) = write();
    check(Trickle(&file), 1000);
}

#[test]
fn the_listener_can_stop_with_its_own_error() {
    #[derive(Debug)]
    enum Error {
        Enough,
        Gguf(#[allow(dead_code)] GgufError),
    }
    impl From<GgufError> for Error {
        fn from(error: GgufError) -> Self {
            Self::Gguf(error)
        }
    }
    let (file, _) = write();
    let reader = pollster::block_on(Reader::open(Cursor::new(file))).unwrap();
    let mut calls = 0;
    let result = pollster::block_on(reader.read_tensors(1, async |_, _, _| {
        calls += 1;
        if calls == 3 { Err(Error::Enough) } else { Ok(()) }
    }));
    assert!(matches!(result, Err(Error::Enough)));
    assert_eq!(calls, 3);
}

#[test]
fn getters_tell_missing_from_mistyped() {
    let metadata = metadata();
    assert_eq!(metadata.u32("uint").unwrap(), 7);
    assert_eq!(metadata.opt_u32("nothing").unwrap(), None);
    assert!(matches!(metadata.u32("nothing"), Err(GgufError::MissingKey(key)) if key == "nothing"));
    for wrong in ["long", "int", "string", "ints"] {
        assert!(matches!(metadata.opt_u32(wrong), Err(GgufError::WrongType { key, .. }) if key == wrong));
    }
    assert_eq!(metadata.f32("float").unwrap(), 0.5);
    assert!(!metadata.bool("bool").unwrap());
    assert_eq!(metadata.str("string").unwrap(), "a\0b 🦀");
    assert_eq!(metadata.strings("no strings").unwrap(), <[String; 0]>::default());
    assert_eq!(metadata.ints("ints").unwrap(), [-1, 1]);
    assert_eq!(metadata.floats("floats").unwrap(), [1.5, f32::MAX]);
    assert_eq!(metadata.bools("bools").unwrap(), [true, false]);
}

#[test]
fn the_writer_refuses_bytes_that_do_not_fit() {
    for (shape, bytes) in [(&[2, 32][..], 35), (&[2, 33], 68), (&[0], 0), (&[], 0)] {
        let result = Writer::default().tensor("t", shape, Format::Q8_0, &vec![0; bytes]).map(|_| ());
        assert!(matches!(result, Err(GgufError::Corrupt(_))), "{shape:?}");
    }
}
