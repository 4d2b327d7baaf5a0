//! A model that is split into several files.

use crate::{files::tiny, sotto};
use gguf::{Format, GgufError, Metadata, Reader, Writer};
use std::{
    env, fs,
    io::Cursor,
    path::{Path, PathBuf},
    process,
};

/// A folder that is gone with its test.
struct Folder(PathBuf);

impl Folder {
    /// With `tiny/smol.gguf` in three parts.
    fn of_parts(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("sotto-{}-{name}", process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        let bytes = fs::read(tiny("smol")).expect("a tiny model");
        let mut tensors: Vec<(String, Vec<usize>, Format, Vec<u8>)> = Vec::new();
        let header = pollster::block_on(async {
            let reader = Reader::open(Cursor::new(&bytes)).await.expect("a sound file");
            let take = async |tensor: &gguf::TensorInfo, _, bytes: &[u8]| {
                tensors.push((tensor.name.clone(), tensor.shape.clone(), tensor.format, bytes.to_vec()));
                Ok::<(), GgufError>(())
            };
            reader.read_tensors(bytes.len(), take).await.expect("a sound file")
        });
        for (i, share) in tensors.chunks(tensors.len().div_ceil(3)).enumerate() {
            let mut metadata = if i == 0 { header.metadata.clone() } else { Metadata::default() };
            metadata.insert("split.no", i as u32);
            metadata.insert("split.count", 3);
            metadata.insert("split.tensors.count", tensors.len() as u32);
            let mut writer = Writer::new(&metadata);
            for (name, shape, format, bytes) in share {
                writer.tensor(name, shape, *format, bytes).expect("shapes that fit");
            }
            fs::write(part(&folder, i + 1), writer.finish()).expect("a temporary file");
        }
        Self(folder)
    }

    fn part(&self, number: usize) -> PathBuf {
        part(&self.0, number)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn part(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("smol-{number:05}-of-00003.gguf"))
}

fn inspect(model: &Path) -> String {
    sotto::complaint(["inspect".as_ref(), model.as_os_str()])
}

#[test]
fn it_writes_what_the_whole_one_writes() {
    let folder = Folder::of_parts("parts");
    let run = |model: &Path| {
        let options = ["--prompt", "Hello", "--max-tokens", "8", "--backend", "reference"].map(AsRef::as_ref);
        sotto::stdout(["run".as_ref(), model.as_os_str()].into_iter().chain(options))
    };
    let whole = run(&tiny("smol"));
    assert!(!whole.trim().is_empty());
    assert_eq!(run(&folder.part(1)), whole);
}

#[test]
fn what_is_missing_is_named() {
    let folder = Folder::of_parts("missing-parts");
    let second = inspect(&folder.part(2));
    assert!(second.contains("is part 2 of 3") && second.contains("smol-00001-of-00003.gguf"), "{second}");
    let renamed = folder.0.join("smol.gguf");
    fs::copy(folder.part(1), &renamed).expect("a temporary file");
    let alone = inspect(&renamed);
    assert!(alone.contains("part 1 of 3") && alone.contains("Name the first of them"), "{alone}");
    fs::copy(folder.part(2), folder.part(3)).expect("a temporary file");
    let twice = inspect(&folder.part(1));
    assert!(twice.contains("part 3 says that it is part 2"), "{twice}");
    fs::remove_file(folder.part(3)).expect("a temporary file");
    let missing = inspect(&folder.part(1));
    assert!(missing.contains("smol-00003-of-00003.gguf is missing"), "{missing}");
}
