//! `sotto quantize`: what it writes is read, and is as near to the model as its type should be.

use crate::{
    compare::Comparison,
    files::{golden, golden_text, tiny},
    sotto,
};
use gguf::Format;
use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

/// A file that goes with this.
struct Made(PathBuf);

impl Made {
    fn at(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("sotto-{}-{name}.gguf", std::process::id())))
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn args(model: &Path, out: &Path, more: &[&str]) -> Vec<OsString> {
    let args = [OsString::from("quantize"), model.into(), out.into()];
    args.into_iter().chain(more.iter().map(OsString::from)).collect()
}

/// A tiny model as another type.
fn make(model: &str, kind: &str) -> Made {
    let made = Made::at(&format!("{model}-{kind}"));
    sotto::stdout(args(&tiny(model), &made.0, &["--type", kind]));
    made
}

fn compare(made: &Made, model: &str) -> Comparison {
    let ids = golden(&format!("tiny/{model}.ids.json"));
    let args = ["logits".as_ref(), made.0.as_os_str(), "--ids".as_ref(), ids.as_os_str()];
    let more = ["--backend", "reference", "--top", "512"].iter().map(AsRef::<std::ffi::OsStr>::as_ref);
    let mut comparison = Comparison::default();
    comparison.add(
        model,
        &golden_text(&format!("tiny/{model}.top.jsonl")),
        &sotto::stdout(args.into_iter().chain(more)),
    );
    comparison
}

/// Every format that we read, as floats again: nothing is lost.
#[test]
fn floats_are_exact() {
    for model in ["legacy", "kquants", "floats"] {
        compare(&make(model, "f32"), model).hold(1e-5);
    }
}

/// Twice what was seen for each, so that a type which loses more than it should is found.
#[test]
fn types_lose_what_they_should() {
    let types =
        [("f16", 2e-6), ("q8_0", 6e-3), ("q6_k", 6e-3), ("q5_1", 0.13), ("q4_k_m", 0.2), ("q4_0", 0.57)];
    for (kind, most) in types {
        compare(&make("floats", kind), "floats").hold_with(most, 50);
    }
}

#[test]
fn formats_follow_the_type() {
    let made = make("kquants", "q4_k_m");
    let shown = sotto::stdout(["inspect".as_ref(), made.0.as_os_str()]);
    let format = |name: &str| {
        shown.lines().find(|line| line.trim().starts_with(name)).expect(name).split_whitespace().nth(1)
    };
    assert_eq!(format("token_embd.weight"), Some("Q6_K"));
    assert_eq!(format("blk.0.attn_q.weight"), Some("Q4_K"));
    assert_eq!(format("blk.0.attn_norm.weight"), Some("F32"));
    assert!(shown.contains("general.file_type = 15"), "{shown}");
}

#[test]
fn what_cannot_be_done_is_said_and_leaves_nothing() {
    let model = tiny("floats");
    let complaint = sotto::complaint(args(&model, &model, &["--type", "q8_0"]));
    assert!(complaint.contains("written over itself"), "{complaint}");

    let made = Made::at("no-importance");
    let other = model.to_str().expect("UTF-8");
    let complaint = sotto::complaint(args(&model, &made.0, &["--type", "q4_0", "--importance", other]));
    assert!(complaint.contains("not F32") || complaint.contains("no importance file"), "{complaint}");
    assert!(!made.0.exists());
}

#[test]
fn a_report_holds_each_type_to_the_model() {
    let (model, text) = (tiny("floats"), golden("smollm2/prose.txt"));
    let args = ["quantize".as_ref(), model.as_os_str(), "--report".as_ref(), text.as_os_str()];
    let more =
        ["--type", "f32,q8_0,q4_0", "--window", "64", "--windows", "2", "--backend", "reference", "--json"];
    let report = sotto::stdout(args.into_iter().chain(more.iter().map(AsRef::as_ref)));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&report).expect("JSON");
    let number = |row: usize, key: &str| rows[row][key].as_f64().expect("a number");
    let kinds: Vec<_> = rows.iter().map(|row| row["kind"].as_str()).collect();
    assert_eq!(kinds, [None, Some("f32"), Some("q8_0"), Some("q4_0")]);
    assert!(number(1, "divergence") < 1e-9 && number(1, "agreement") == 1.0, "{report}");
    assert!((number(1, "perplexity") / number(0, "perplexity") - 1.0).abs() < 1e-6, "{report}");
    assert!(number(1, "divergence") < number(2, "divergence"), "{report}");
    assert!(number(2, "divergence") < 0.1 * number(3, "divergence"), "{report}");
    assert!(number(3, "bytes") < number(2, "bytes"), "{report}");
}

/// From Hugging Face's folder, the same tensors as llama.cpp's converter writes, and the metadata that counts.
#[test]
fn a_folder_becomes_what_llama_cpps_converter_makes_of_it() {
    for name in ["llama-3", "qwen2"] {
        let made = Made::at(name);
        let folder = golden(&format!("hugging-face/{name}"));
        sotto::stdout(args(&folder, &made.0, &["--type", "f16"]));
        let (ours, our_data) = read(&made.0);
        let (theirs, their_data) = read(&golden(&format!("architectures/{name}.gguf")));
        assert_eq!(our_data.keys().collect::<Vec<_>>(), their_data.keys().collect::<Vec<_>>());
        for (tensor, data) in &their_data {
            if tensor == "rope_freqs.weight" {
                // Worked out, in another order of operations.
                let (ours, theirs) = (floats(&our_data[tensor]), floats(data));
                let is_near = |(a, b): (&f32, &f32)| (a / b - 1.0).abs() < 1e-5;
                assert!(
                    ours.len() == theirs.len() && ours.iter().zip(&theirs).all(is_near),
                    "{ours:?}, {theirs:?}"
                );
            } else {
                assert!(our_data[tensor] == *data, "{name}: {tensor} differs");
                assert_eq!(ours.tensor(tensor).map(|t| &t.shape), theirs.tensor(tensor).map(|t| &t.shape));
            }
        }
        // `general.…` tells who made the file, and the tiny models' end token is said in another way.
        let is_told_apart = |key: &str| {
            key.starts_with("general.") && key != "general.architecture" && key != "general.file_type"
        };
        for (key, value) in theirs.metadata.iter().filter(|(key, _)| !is_told_apart(key)) {
            assert_eq!(ours.metadata.get(key), Some(value), "{name}: {key}");
        }
        assert_eq!(ours.metadata.str("tokenizer.chat_template").ok(), Some("{{ messages[0]['content'] }}"));
    }
}

/// A file's header and data.
fn read(path: &Path) -> (gguf::Header, std::collections::BTreeMap<String, Vec<u8>>) {
    let mut data: std::collections::BTreeMap<String, Vec<u8>> = Default::default();
    let bytes = fs::read(path).expect("a file");
    let reader = pollster::block_on(gguf::Reader::open(std::io::Cursor::new(bytes))).expect("a header");
    let header = pollster::block_on(reader.read_tensors(1 << 16, async |tensor, _, bytes| {
        data.entry(tensor.name.clone()).or_default().extend(bytes);
        Ok::<_, gguf::GgufError>(())
    }))
    .expect("tensors");
    (header, data)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// What an importance file says is used, and for the matrix that it names.
#[test]
fn important_columns_lose_less() {
    let (name, columns, important) = ("blk.1.ffn_up.weight", 64, 8);
    let (header, _) = read(&tiny("floats"));
    let format = |name: &str| header.tensor(name).map(|tensor| (tensor.format, tensor.columns()));
    assert_eq!(format(name), Some((Format::BF16, columns)));
    let counts: Vec<u8> = 10f32.to_le_bytes().into();
    let sums =
        (0..columns).flat_map(|column| if column < important { 10_000f32 } else { 10.0 }.to_le_bytes());
    let mut writer = gguf::Writer::default();
    writer
        .tensor(&format!("{name}.in_sum2"), &[1, columns], Format::F32, &sums.collect::<Vec<u8>>())
        .expect("it fits");
    writer.tensor(&format!("{name}.counts"), &[1, 1], Format::F32, &counts).expect("it fits");
    let (importance, with) = (Made::at("importance"), Made::at("with-importance"));
    fs::write(&importance.0, writer.finish()).expect("a temporary file");
    let path = importance.0.to_str().expect("UTF-8");
    sotto::stdout(args(&tiny("floats"), &with.0, &["--type", "q4_0", "--importance", path]));

    let without = make("floats", "q4_0");
    let exact = values(&make("floats", "f32"), name);
    let lost = |made: &Made, name: &str| -> f32 {
        let rows = values(made, name);
        let columns = rows.iter().zip(&exact).enumerate().filter(|(i, _)| i % columns < important);
        columns.map(|(_, (a, b))| (a - b) * (a - b)).sum()
    };
    let (with_it, without_it) = (lost(&with, name), lost(&without, name));
    assert!(with_it < 0.8 * without_it, "{with_it} instead of {without_it}");
    assert_eq!(values(&with, "blk.1.ffn_down.weight"), values(&without, "blk.1.ffn_down.weight"));
}

/// The values of a tensor.
fn values(made: &Made, name: &str) -> Vec<f32> {
    let (header, data) = read(&made.0);
    let tensor = header.tensor(name).expect(name);
    let mut values = vec![0.0; tensor.elements()];
    tensor.format.dequantize(&data[name], &mut values);
    values
}

/// Folders that are damaged, or of a kind that cannot be converted: a sentence, and no file.
#[test]
fn a_folder_that_cannot_be_converted_is_refused() {
    let folder = std::env::temp_dir().join(format!("sotto-{}-folder", std::process::id()));
    let made = Made::at("from-a-damaged-folder");
    let sound: Vec<(String, Vec<u8>)> = ["config.json", "tokenizer.json", "model.safetensors"]
        .map(|name| (name.into(), fs::read(golden(&format!("hugging-face/qwen2/{name}"))).expect("a file")))
        .into();
    let weights = &sound[2].1;
    let replaced = |file: usize, from: &str, to: &str| {
        String::from_utf8(sound[file].1.clone()).expect("UTF-8").replace(from, to).into_bytes()
    };
    for (file, bytes, expected) in [
        (
            0,
            replaced(0, r#""model_type": "qwen2""#, r#""model_type": "mamba""#),
            "\"mamba\" cannot be converted",
        ),
        (0, replaced(0, "\"hidden_size\": 64", "\"hidden_size\": -1"), "no number hidden_size"),
        (0, b"{".to_vec(), "no JSON"),
        (
            1,
            replaced(1, "\"individual_digits\": true", "\"individual_digits\": false"),
            "cuts text into words",
        ),
        (1, replaced(1, "\"type\": \"BPE\"", "\"type\": \"Unigram\""), "byte-level BPE"),
        (2, weights[..weights.len() - 1].to_vec(), "cut short"),
        (2, weights[..100].to_vec(), "no sound safetensors file"),
        (2, [&u64::MAX.to_le_bytes(), &weights[8..]].concat(), "no sound safetensors file"),
        (2, Vec::new(), "no sound safetensors file"),
    ] {
        fs::create_dir_all(&folder).expect("a temporary folder");
        for (name, bytes) in &sound {
            fs::write(folder.join(name), bytes).expect("a temporary file");
        }
        fs::write(folder.join(&sound[file].0), bytes).expect("a temporary file");
        let complaint = sotto::complaint(args(&folder, &made.0, &["--type", "q8_0"]));
        assert!(complaint.contains(expected), "{complaint} instead of {expected}");
        assert!(!made.0.exists());
    }
    fs::remove_dir_all(&folder).expect("it is there");
}
