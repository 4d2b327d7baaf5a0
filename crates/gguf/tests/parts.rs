//! Models that were split into several files.

use gguf::{Format, GgufError, Metadata, Reader, Value, Writer, testing::random_blocks};
use std::io::Cursor;

const TENSORS: [(&str, usize); 5] = [("a", 3), ("b", 64), ("c", 1), ("d", 7), ("e", 30)];

/// One file with these of `TENSORS`, of 32 columns, and these keys.
fn file(tensors: &[&str], keys: &[(&str, Value)]) -> Vec<u8> {
    let mut writer = Writer::new(&keys.iter().cloned().collect::<Metadata>());
    for name in tensors {
        let rows = TENSORS.iter().find(|(other, _)| other == name).map_or(2, |(_, rows)| *rows);
        let blocks = random_blocks(Format::Q8_0, rows, name.as_bytes()[0].into());
        writer.tensor(name, &[rows, 32], Format::Q8_0, &blocks).expect("blocks that fit");
    }
    writer.finish()
}

fn part(number: u32, count: u32, tensors: &[&str]) -> Vec<u8> {
    let keys = [("split.no", number), ("split.count", count), ("split.tensors.count", 5)];
    file(tensors, &keys.map(|(key, value)| (key, value.into())))
}

/// The first of three parts, with the model's own key.
fn first(tensors: &[&str]) -> Vec<u8> {
    let keys = [("split.no", 0), ("split.count", 3), ("split.tensors.count", 5), ("general.size", 7)];
    file(tensors, &keys.map(|(key, value)| (key, Value::from(value))))
}

/// Names and bytes, in the order they came.
type Read = Vec<(String, Vec<u8>)>;

fn read(files: &[Vec<u8>]) -> Result<(Metadata, Read), GgufError> {
    let sources = files.iter().map(Cursor::new).collect();
    pollster::block_on(async {
        let mut all = Read::new();
        let reader = Reader::open_parts(sources).await?;
        let header = reader
            .read_tensors(300, async |tensor, first_block, bytes| {
                if first_block == 0 {
                    all.push((tensor.name.clone(), Vec::new()));
                }
                all.last_mut().expect("its first chunk").1.extend(bytes);
                Ok::<_, GgufError>(())
            })
            .await?;
        Ok((header.metadata, all))
    })
}

#[test]
fn parts_are_read_as_one() {
    let (_, whole) = read(&[file(&["a", "b", "c", "d", "e"], &[])]).expect("a sound file");
    for cut in [[&["a", "b"][..], &["c"], &["d", "e"]], [&["a", "b", "c", "d"], &["e"], &[]]] {
        let files = [first(cut[0]), part(1, 3, cut[1]), part(2, 3, cut[2])];
        let (metadata, parts) = read(&files).expect("sound parts");
        assert_eq!(parts, whole);
        let keys: Vec<&str> = metadata.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["general.size"], "of the parts nothing is left");
    }
    // llama.cpp calls a file that was not split the only part.
    let (_, only) = read(&[part(0, 1, &["a", "b", "c", "d", "e"])]).expect("a sound file");
    assert_eq!(only, whole);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let [a, b, c] = [first(&["a", "b"]), part(1, 3, &["c"]), part(2, 3, &["d", "e"])];
    let of_another = file(
        &["c"],
        &[("split.no", 1), ("split.count", 3), ("split.tensors.count", 9)]
            .map(|(key, value)| (key, value.into())),
    );
    let other_size = file(
        &["c"],
        &[("split.no", 1), ("split.count", 3), ("split.tensors.count", 5), ("general.size", 8)]
            .map(|(key, value)| (key, value.into())),
    );
    let mistyped = file(&["c"], &[("split.no", "1".into()), ("split.count", 3.into())]);
    let uncounted = [("split.no", 0), ("split.count", 2)].map(|(key, value)| (key, Value::from(value)));
    for (what, files, message) in [
        ("a part alone", vec![a.clone()], "part 1 of 3"),
        ("the last part alone", vec![c.clone()], "part 3 of 3"),
        ("a missing part", vec![a.clone(), b.clone()], "there are 3, and 2 were given"),
        (
            "a part too many",
            vec![a.clone(), b.clone(), c.clone(), c.clone()],
            "there are 3, and 4 were given",
        ),
        ("another order", vec![a.clone(), c.clone(), b.clone()], "part 2 says that it is part 3"),
        ("the same part twice", vec![a.clone(), b.clone(), b.clone()], "part 3 says that it is part 2"),
        ("another model's part", vec![a.clone(), of_another, c.clone()], "another split.tensors.count"),
        (
            "a part with a key of another model",
            vec![a.clone(), other_size, c.clone()],
            "another general.size",
        ),
        (
            "a whole file among them",
            vec![a.clone(), file(&["c"], &[]), c.clone()],
            "part 2 says that there are 1",
        ),
        ("a tensor in two parts", vec![a.clone(), part(1, 3, &["b"]), c.clone()], "tensor b is in two"),
        ("a tensor too few", vec![a.clone(), part(1, 3, &[]), c.clone()], "hold 4 tensors and should hold 5"),
        ("a tensor too many", vec![a.clone(), part(1, 3, &["c", "x"]), c.clone()], "hold 6 tensors"),
        ("a number that is a text", vec![a.clone(), mistyped, c.clone()], "split.no should be an unsigned"),
        (
            "no count of tensors",
            vec![file(&["a"], &uncounted), part(1, 2, &[])],
            "lacks the key split.tensors.count",
        ),
        ("a part that is cut short", vec![a.clone(), b[..b.len() - 32].to_vec(), c.clone()], "cut short"),
        ("a part that is no GGUF", vec![a, b"GGML".to_vec(), c], "not a GGUF file"),
        ("nothing", vec![], "there are none"),
    ] {
        let error = read(&files).err().unwrap_or_else(|| panic!("{what}: accepted")).to_string();
        assert!(error.contains(message), "{what}: {error}");
    }
}
