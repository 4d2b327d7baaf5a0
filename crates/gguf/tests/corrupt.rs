//! Damaged and hostile files: each gives its typed error.

use gguf::{GgufError, Reader, Source};
use std::io::Cursor;

/// A file's bytes, built by hand so that they can be wrong.
#[derive(Clone)]
struct Raw(Vec<u8>);

impl Raw {
    fn new(version: u32, tensors: u64, pairs: u64) -> Self {
        Self(b"GGUF".to_vec()).u32(version).u64(tensors).u64(pairs)
    }

    fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn bytes(mut self, value: &[u8]) -> Self {
        self.0.extend(value);
        self
    }

    fn string(self, text: &str) -> Self {
        self.u64(text.len() as u64).bytes(text.as_bytes())
    }

    /// A tensor's entry; `dims` in the file's order, innermost first.
    fn tensor(self, name: &str, dims: &[u64], format: u32, offset: u64) -> Self {
        let raw = self.string(name).u32(dims.len() as u32);
        dims.iter().fold(raw, |raw, &dim| raw.u64(dim)).u32(format).u64(offset)
    }

    /// Padding, and `bytes` of tensor data.
    fn data(mut self, bytes: usize) -> Self {
        let length = self.0.len().next_multiple_of(32) + bytes;
        self.0.resize(length, 0);
        self
    }
}

const U32: u32 = 4;
const BOOL: u32 = 7;
const STRING: u32 = 8;
const ARRAY: u32 = 9;
const U64: u32 = 10;
const F32: u32 = 0;
const Q8_0: u32 = 8;

/// Knows nothing of its length, so that every promise has to be found out.
struct Blind(Cursor<Vec<u8>>);

impl Source for Blind {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        self.0.read(into).await
    }
}

fn read_all<S: Source>(source: S) -> Result<(), GgufError> {
    pollster::block_on(async {
        let reader = Reader::open(source).await?;
        reader.read_tensors(4096, async |_, _, _| Ok::<_, GgufError>(())).await.map(|_| ())
    })
}

#[test]
fn each_fault_gives_its_error() {
    let no_tensors = |pairs| Raw::new(3, 0, pairs);
    let one_tensor = Raw::new(3, 1, 0);
    let two_tensors = Raw::new(3, 2, 0);
    let cases: &[(&str, Raw, &str)] = &[
        ("empty", Raw(vec![]), "not a GGUF file"),
        ("three bytes", Raw(b"GGU".to_vec()), "not a GGUF file"),
        ("other magic", Raw(b"PK\x03\x04............".to_vec()), "not a GGUF file"),
        ("version 1", Raw::new(1, 0, 0), "version 1 is not supported"),
        ("big endian", Raw::new(3u32.swap_bytes(), 0, 0), "version 50331648 is not supported"),
        ("nothing after the version", Raw(b"GGUF\x03\0\0\0".to_vec()), "cut short"),
        ("2^60 tensors", Raw::new(3, 1 << 60, 0), "claims 1152921504606846976 tensors"),
        ("2^60 keys", no_tensors(1 << 60), "claims 1152921504606846976 metadata keys"),
        ("more keys than there are", no_tensors(2).string("a").u32(BOOL).u8(1), "cut short"),
        ("key longer than allowed", no_tensors(1).u64(1 << 16).data(1 << 17), "bytes of a string"),
        ("key of 2^64 - 1 bytes", no_tensors(1).u64(u64::MAX).data(64), "bytes of a string"),
        ("key past the end", no_tensors(1).u64(1000).data(64), "cut short"),
        ("key not UTF-8", no_tensors(1).u64(1).u8(0xff).u32(BOOL).u8(0).data(0), "not UTF-8"),
        ("unknown value type", no_tensors(1).string("a").u32(13).data(64), "unknown type 13"),
        ("truth value of 2", no_tensors(1).string("a").u32(BOOL).u8(2), "a truth value is 2"),
        ("string of 2^60 bytes", no_tensors(1).string("a").u32(STRING).u64(1 << 60), "bytes of a string"),
        ("string past the end", no_tensors(1).string("a").u32(STRING).u64(50 << 20), "cut short"),
        ("string not UTF-8", no_tensors(1).string("a").u32(STRING).u64(1).u8(0xff), "not UTF-8"),
        (
            "nested array",
            no_tensors(1).string("a").u32(ARRAY).u32(ARRAY).u64(1).u32(U32).u64(0),
            "an array of arrays",
        ),
        ("array of an unknown type", no_tensors(1).string("a").u32(ARRAY).u32(99).u64(1), "unknown type 99"),
        ("2^60 elements", no_tensors(1).string("a").u32(ARRAY).u32(STRING).u64(1 << 60), "array elements"),
        ("2^64 - 1 elements", no_tensors(1).string("a").u32(ARRAY).u32(U64).u64(u64::MAX), "array elements"),
        ("array past the end", no_tensors(1).string("a").u32(ARRAY).u32(U64).u64(1 << 20), "cut short"),
        (
            "element beyond 2^63",
            no_tensors(1).string("a").u32(ARRAY).u32(U64).u64(1).u64(u64::MAX),
            "beyond 2^63",
        ),
        (
            "the same key twice",
            no_tensors(2).string("a").u32(BOOL).u8(0).string("a").u32(BOOL).u8(0),
            "the key a occurs twice",
        ),
        ("alignment of 0", no_tensors(1).string("general.alignment").u32(U32).u32(0), "not a power of two"),
        ("alignment of 48", no_tensors(1).string("general.alignment").u32(U32).u32(48), "not a power of two"),
        (
            "alignment is a string",
            no_tensors(1).string("general.alignment").u32(STRING).string("x"),
            "general.alignment should be",
        ),
        ("no dimensions", one_tensor.clone().tensor("t", &[], F32, 0).data(64), "has 0 dimensions"),
        ("five dimensions", one_tensor.clone().tensor("t", &[1; 5], F32, 0).data(64), "has 5 dimensions"),
        ("2^32 - 1 dimensions", one_tensor.clone().string("t").u32(u32::MAX).data(64), "dimensions"),
        ("dimension of 0", one_tensor.clone().tensor("t", &[32, 0], F32, 0).data(64), "a dimension of 0"),
        (
            "row not of whole blocks",
            one_tensor.clone().tensor("t", &[33, 32], Q8_0, 0).data(9999),
            "multiple",
        ),
        (
            "elements overflow",
            one_tensor.clone().tensor("t", &[1 << 32, 1 << 32, 2], F32, 0).data(64),
            "larger than any memory",
        ),
        (
            "bytes overflow",
            one_tensor.clone().tensor("t", &[1 << 62, 2], F32, 0).data(64),
            "larger than any memory",
        ),
        (
            "end overflows",
            one_tensor.clone().tensor("t", &[32], F32, u64::MAX - 31).data(128),
            "larger than any memory",
        ),
        ("unknown tensor type", one_tensor.clone().tensor("t", &[32], 77, 0).data(64), "has type number 77"),
        ("type of others", one_tensor.clone().tensor("t", &[256], 15, 0).data(99), "tensor t has type Q8_K"),
        ("offset unaligned", one_tensor.clone().tensor("t", &[8], F32, 8).data(99), "not a multiple of 32"),
        ("offset past the end", one_tensor.clone().tensor("t", &[8], F32, 1 << 40).data(64), "cut short"),
        ("data past the end", one_tensor.clone().tensor("t", &[8], F32, 32).data(63), "cut short"),
        ("no data", one_tensor.clone().tensor("t", &[8], F32, 0), "cut short"),
        (
            "the same tensor twice",
            two_tensors.clone().tensor("t", &[8], F32, 0).tensor("t", &[8], F32, 32).data(64),
            "the tensor t occurs twice",
        ),
        (
            "tensors overlap",
            two_tensors.clone().tensor("t", &[16], F32, 32).tensor("u", &[9], F32, 0).data(96),
            "tensors u and t overlap",
        ),
        (
            "tensors at the same place",
            two_tensors.clone().tensor("t", &[8], F32, 0).tensor("u", &[8], F32, 0).data(64),
            "overlap",
        ),
        (
            "more tensors than there are",
            two_tensors.clone().tensor("t", &[8], F32, 0).data(32),
            "0 dimensions",
        ),
    ];
    for (name, Raw(file), expected) in cases {
        for (source, result) in [
            ("known length", read_all(Cursor::new(file))),
            ("unknown length", read_all(Blind(Cursor::new(file.clone())))),
        ] {
            let error = result.expect_err(&format!("{name}, {source}: accepted")).to_string();
            assert!(error.contains(expected), "{name}, {source}: got \"{error}\", expected \"{expected}\"");
        }
    }
}

/// The cases above are wrong in one thing only: without it the file is sound.
#[test]
fn the_sound_twins_are_accepted() {
    for Raw(file) in [
        Raw::new(2, 0, 0),
        Raw::new(3, 0, 1).string("a").u32(BOOL).u8(1),
        Raw::new(3, 0, 1).string("a").u32(ARRAY).u32(U64).u64(1).u64(5),
        Raw::new(3, 1, 0).tensor("t", &[8], F32, 32).data(64),
        Raw::new(3, 1, 1).string("general.alignment").u32(U32).u32(8).tensor("t", &[8], F32, 8).data(64),
        Raw::new(3, 2, 0).tensor("t", &[16], F32, 32).tensor("u", &[8], F32, 0).data(96),
    ] {
        read_all(Cursor::new(&file)).unwrap();
        read_all(Blind(Cursor::new(file))).unwrap();
    }
}

#[test]
fn a_source_that_fails_says_why() {
    struct Failing;
    impl Source for Failing {
        async fn read(&mut self, _: &mut [u8]) -> Result<usize, String> {
            Err("the disk is on fire".into())
        }
    }
    assert!(matches!(read_all(Failing), Err(GgufError::Io(why)) if why == "the disk is on fire"));
}
