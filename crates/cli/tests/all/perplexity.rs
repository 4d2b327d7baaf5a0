//! `sotto perplexity` against llama.cpp on the same weights in f32: within 0.2%.

use crate::{
    files::{default_model, gemma, golden, golden_json, golden_text, tiny},
    sotto,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A text in a file that goes with it.
struct TextFile(PathBuf);

impl TextFile {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sotto-{}-{name}.txt", std::process::id()));
        std::fs::write(&path, text).expect("a temporary file");
        Self(path)
    }
}

impl Drop for TextFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Our English documents, as `tests/golden/perplexity.py` puts them together.
fn english(name: &str) -> TextFile {
    let golden: Value = golden_json("perplexity.json");
    let documents = golden["documents"].as_array().expect("a list").iter().map(|document| {
        golden_text(&format!("../quality/documents/en-{}.txt", document.as_str().expect("a name")))
    });
    TextFile::new(name, &documents.collect::<Vec<_>>().join("\n"))
}

/// Holds the first `windows` of a golden record; what each window's tokens sum to is compared through the mean.
fn hold(record: &str, model: &Path, text: &TextFile, windows: usize, more: &[&str]) {
    hold_to(&golden_json::<Value>("perplexity.json")[record], model, text, windows, more);
}

fn hold_to(golden: &Value, model: &Path, text: &TextFile, windows: usize, more: &[&str]) {
    let window = golden["window"].as_u64().expect("a number");
    let sums: Vec<f64> = serde_json::from_value(golden["sums"].clone()).expect("numbers");
    let tokens = (window - window / 2 - 1) * windows as u64;
    let expected = (sums[..windows].iter().sum::<f64>() / tokens as f64).exp();

    let (window, windows) = (window.to_string(), windows.to_string());
    let mut args = vec!["perplexity".as_ref(), model.as_os_str(), text.0.as_os_str()];
    let options = ["--json", "--window", &window, "--windows", &windows];
    args.extend(options.into_iter().chain(more.iter().copied()).map(AsRef::<std::ffi::OsStr>::as_ref));
    let report: Value = serde_json::from_str(&sotto::stdout(args)).expect("JSON");
    assert_eq!(report["tokens"].as_u64(), Some(tokens));
    let perplexity = report["perplexity"].as_f64().expect("a number");
    assert!((perplexity / expected - 1.0).abs() < 2e-3, "{perplexity} instead of {expected}");
}

#[test]
fn the_default_models_perplexity_is_llama_cpps() {
    hold("smollm2", &default_model(), &english("one-window"), 1, &[]);
}

/// A minute or more on a software adapter.
#[test]
#[ignore = "reads 4,096 tokens"]
fn the_default_models_perplexity_of_a_long_text_is_llama_cpps() {
    hold("smollm2", &default_model(), &english("all-windows"), 8, &[]);
}

/// Windows that are longer than those of the model's own attention.
#[test]
#[ignore = "reads 4,096 tokens of a larger model"]
fn gemma_3s_perplexity_is_llama_cpps() {
    let golden: Value = golden_json("gemma3/perplexity.json");
    hold_to(&golden, &gemma(), &english("gemma"), 4, &[]);
}

/// A model that wants BOS in front: of every window.
#[test]
fn each_window_begins_with_bos() {
    let about: Value = golden_json("tiny/manifest.json");
    let text = TextFile::new("bos", about["prompt"].as_str().expect("a prompt"));
    for more in [&["--backend", "reference"] as &[&str], &["--lanes", "subgroup"]] {
        hold("legacy", &tiny("legacy"), &text, 2, more);
    }
}

#[test]
fn a_text_without_a_whole_window_is_refused() {
    let (model, text) = (tiny("smol"), golden("smollm2/chat.txt"));
    let args = |window: &str| {
        let args = ["perplexity".as_ref(), model.as_os_str(), text.as_os_str()];
        args.into_iter()
            .map(Into::into)
            .chain(["--window".into(), window.into()])
            .collect::<Vec<std::ffi::OsString>>()
    };
    assert!(sotto::complaint(args("4000")).contains("less than a window of 4000"));
    assert!(sotto::complaint(args("5000")).contains("longer than the context of 4096"));
}
