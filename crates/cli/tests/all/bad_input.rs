//! Files and texts that cannot be used: a sentence on stderr, exit code 1, and no panic.

use crate::{
    files::{golden, tiny},
    sotto,
};
use gguf::{Format, Value, Writer, testing::Random};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

/// A file that is gone with its test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = env::temp_dir().join(format!("sotto-{}-{name}", process::id()));
        fs::write(&path, bytes).expect("a temporary file");
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn run(model: &Path) -> String {
    sotto::complaint(["run".as_ref(), model.as_os_str(), "--prompt".as_ref(), "Hello".as_ref()])
}

fn complaint_about(name: &str, bytes: &[u8]) -> String {
    run(&Temporary::new(name, bytes).0)
}

#[track_caller]
fn assert_says(complaint: &str, parts: &[&str]) {
    for part in parts {
        assert!(complaint.contains(part), "{complaint}: lacks {part}");
    }
}

/// `tiny/smol.gguf` with `change` made to its metadata and tensors.
fn changed(
    change: impl FnOnce(&mut gguf::Metadata, &mut Vec<(String, Vec<usize>, Format, Vec<u8>)>),
) -> Vec<u8> {
    let bytes = fs::read(tiny("smol")).expect("a tiny model");
    let mut tensors = Vec::new();
    let header = pollster::block_on(async {
        let reader = gguf::Reader::open(std::io::Cursor::new(&bytes)).await.expect("a sound file");
        let whole = bytes.len();
        reader
            .read_tensors(whole, async |tensor, _, bytes| {
                tensors.push((tensor.name.clone(), tensor.shape.clone(), tensor.format, bytes.to_vec()));
                Ok::<(), gguf::GgufError>(())
            })
            .await
            .expect("a sound file")
    });
    let mut metadata = header.metadata;
    change(&mut metadata, &mut tensors);
    let mut writer = Writer::new(&metadata);
    for (name, shape, format, bytes) in &tensors {
        writer.tensor(name, shape, *format, bytes).expect("shapes that fit");
    }
    writer.finish()
}

#[test]
fn a_cache_that_does_not_suit_the_model() {
    for backend in ["gpu", "reference"] {
        let model = tiny("smol");
        let args = ["run", "--cache", "q8_0", "--backend", backend, "--prompt", "Hello"].map(AsRef::as_ref);
        let complaint = sotto::complaint(args.into_iter().chain([model.as_os_str()]));
        assert_says(&complaint, &["q8_0", "a multiple of 32", "have 16", "Leave `--cache` out"]);
    }
}

#[test]
fn what_is_no_model_file() {
    assert_says(&run(Path::new("no/such/model.gguf")), &["no/such/model.gguf", "check the path"]);
    assert_says(&run(&golden("tiny")), &["is a folder"]);
    assert_says(&run(&golden("README.md")), &["not a GGUF file", "Choose a model in the GGUF format"]);
    assert_says(&complaint_about("empty.gguf", b""), &["not a GGUF file"]);
    let vocabulary = run(&golden("vocab/qwen2.gguf"));
    assert_says(&vocabulary, &["lacks"]);
}

#[test]
fn a_file_cut_short_anywhere() {
    let whole = fs::read(tiny("smol")).expect("a tiny model");
    for length in [4, 23, 24, 100, 5_000, whole.len() / 2, whole.len() - 1] {
        assert_says(
            &complaint_about(&format!("cut-{length}.gguf"), &whole[..length]),
            &["cut short", "Download"],
        );
    }
}

#[test]
fn counts_and_versions_from_a_hostile_hand() {
    let whole = fs::read(tiny("smol")).expect("a tiny model");
    for (name, at, number) in [("tensors", 8, 1u64 << 60), ("keys", 16, 1 << 60), ("no-tensors", 8, 0)] {
        let mut bytes = whole.clone();
        bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
        complaint_about(&format!("{name}.gguf"), &bytes);
    }
    let mut bytes = whole;
    bytes[4] = 9;
    assert_says(&complaint_about("version.gguf", &bytes), &["version 9", "Choose another model"]);
}

/// Whatever the damage in the header, the program ends by itself: it complains, or it works.
#[test]
fn damage_at_random() {
    let whole = fs::read(tiny("smol")).expect("a tiny model");
    let mut random = Random::new(7);
    for round in 0..60 {
        let mut bytes = whole.clone();
        for _ in 0..1 + round % 4 {
            let at = random.below(20_000);
            bytes[at] = random.bits() as u8;
        }
        let file = Temporary::new(&format!("damage-{round}.gguf"), &bytes);
        let args = ["run", "--backend", "reference", "--max-tokens", "2", "--prompt", "Hello"];
        let output = sotto::command(args).arg(&file.0).output().expect("sotto starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "round {round}: {} {stderr}", output.status);
        assert!(!stderr.contains("panicked"), "round {round}: {stderr}");
    }
}

#[test]
fn architectures_and_tensors_that_are_not_supported() {
    let other = changed(|metadata, _| metadata.insert("general.architecture", Value::from("mamba")));
    assert_says(
        &complaint_about("mamba.gguf", &other),
        &["architecture mamba", "not supported", "Choose another"],
    );

    let extra = changed(|_, tensors| {
        tensors.push(("blk.0.attn_sinks.weight".into(), vec![32], Format::F32, vec![0; 128]));
    });
    assert_says(&complaint_about("extra.gguf", &extra), &["blk.0.attn_sinks.weight", "not supported"]);

    let without = changed(|_, tensors| tensors.retain(|(name, ..)| name != "blk.1.ffn_up.weight"));
    assert_says(&complaint_about("without.gguf", &without), &["lacks the tensor blk.1.ffn_up.weight"]);

    let experts = changed(|metadata, _| metadata.insert("llama.expert_count", Value::from(8u32)));
    assert_says(&complaint_about("experts.gguf", &experts), &["mixture of experts", "not supported"]);

    let heads = changed(|metadata, _| metadata.insert("llama.attention.head_count", Value::from(u32::MAX)));
    assert_says(&complaint_about("heads.gguf", &heads), &["llama.attention.head_count", "a size below"]);

    let tokenizer = changed(|metadata, _| metadata.insert("tokenizer.ggml.model", Value::from("rwkv")));
    assert_says(&complaint_about("rwkv.gguf", &tokenizer), &["tokenizer rwkv", "not supported"]);
}

#[test]
fn texts_and_ids_that_cannot_be_used() {
    let model = tiny("smol");
    let with = |args: &[&str]| {
        let mut all = vec![args[0].as_ref(), model.as_os_str(), "--backend".as_ref(), "reference".as_ref()];
        all.extend(args[1..].iter().map(AsRef::<std::ffi::OsStr>::as_ref));
        sotto::complaint(all)
    };
    assert_says(
        &with(&["run", "--prompt-file", "no/such/text"]),
        &["no/such/text", "could not be read", "Check the path"],
    );
    assert_says(&with(&["run", "--prompt", ""]), &["the prompt is empty"]);
    assert_says(
        &with(&["run", "--context", "8", "--prompt", "a b c d e f g h i j"]),
        &["context", "--context"],
    );
    assert_says(&with(&["summarize", "/dev/null"]), &["holds no words"]);

    let not_json = golden("README.md");
    assert_says(&with(&["logits", "--ids", &not_json.to_string_lossy()]), &["no JSON array of token ids"]);
    let beyond = Temporary::new("beyond.json", b"[1, 4000000000]");
    assert_says(
        &with(&["logits", "--ids", &beyond.0.to_string_lossy()]),
        &["4000000000 is not in the model's"],
    );
}

#[test]
fn a_gpu_that_is_not_there() {
    let mut command = sotto::command(["run", "--prompt", "Hello"]);
    let output =
        command.arg(tiny("smol")).env("VK_DRIVER_FILES", "/dev/null").output().expect("sotto starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_says(&stderr, &["no GPU that WebGPU can use", "--backend reference"]);
}
