//! `sotto logits` against llama.cpp on the same weights in f32: mean KL at most 1e-5, every likeliest token equal.

use crate::{
    compare::Comparison,
    files::{TINY, default_model, gemma, golden, golden_json, golden_text, tiny},
    sotto,
};
use std::path::Path;

const MOST_KL: f64 = 1e-5;

fn compare(comparison: &mut Comparison, model: &Path, name: &str, more: &[&str]) {
    let ids = golden(&format!("{name}.ids.json"));
    let mut args = vec!["logits".as_ref(), model.as_os_str(), "--ids".as_ref(), ids.as_os_str()];
    args.extend(["--top", "64"].iter().chain(more).map(AsRef::<std::ffi::OsStr>::as_ref));
    comparison.add(name, &golden_text(&format!("{name}.top.jsonl")), &sotto::stdout(args));
}

#[test]
fn the_default_model_is_exact_at_every_position() {
    let mut comparison = Comparison::default();
    for prompt in ["prose", "code", "chat"] {
        compare(&mut comparison, &default_model(), &format!("smollm2/{prompt}"), &[]);
    }
    assert_eq!(comparison.positions, 753);
    comparison.hold(MOST_KL);
}

/// K-quants, heads of 256 values, windows, a vocabulary of 262,144.
#[test]
fn gemma_3_is_exact() {
    let mut comparison = Comparison::default();
    compare(&mut comparison, &gemma(), "gemma3/prose", &["--activations", "f32"]);
    assert_eq!(comparison.positions, 225);
    comparison.hold(MOST_KL);
}

/// The same by the kernels for GPUs, on another text.
#[test]
#[ignore = "takes minutes without a GPU"]
fn gemma_3_is_exact_with_subgroups() {
    let mut comparison = Comparison::default();
    let more = ["--lanes", "subgroup", "--activations", "f32"];
    compare(&mut comparison, &gemma(), "gemma3/code", &more);
    assert_eq!(comparison.positions, 321);
    comparison.hold(MOST_KL);
}

/// The kernels for GPUs: those that read prompts, and those that write.
#[test]
fn the_default_model_is_exact_with_subgroups() {
    let mut comparison = Comparison::default();
    compare(&mut comparison, &default_model(), "smollm2/code", &["--lanes", "subgroup"]);
    compare(&mut comparison, &default_model(), "smollm2/chat", &["--lanes", "subgroup", "--chunk", "1"]);
    comparison.hold(MOST_KL);
}

/// Text goes through the tokenizer first, and gives the same.
#[test]
fn a_text_is_read_as_its_ids_are() {
    let model = tiny("legacy");
    let about: serde_json::Value = golden_json("tiny/manifest.json");
    let prompt = about["prompt"].as_str().expect("a prompt");
    let path = std::env::temp_dir().join(format!("sotto-{}-prompt.txt", std::process::id()));
    std::fs::write(&path, prompt).expect("a temporary file");
    let args = ["logits".as_ref(), model.as_os_str(), "--text".as_ref(), path.as_os_str()];
    let mut comparison = Comparison::default();
    comparison.add("legacy", &golden_text("tiny/legacy.top.jsonl"), &sotto::stdout(args));
    std::fs::remove_file(&path).expect("it is there");
    comparison.hold(MOST_KL);
}

fn tiny_models(more: &[&str]) {
    let mut comparison = Comparison::default();
    for name in TINY {
        compare(&mut comparison, &tiny(name), &format!("tiny/{name}"), more);
    }
    assert_eq!(comparison.positions, 201);
    comparison.hold(MOST_KL);
}

#[test]
fn the_tiny_models_are_exact() {
    tiny_models(&[]);
}

#[test]
fn the_tiny_models_are_exact_with_subgroups() {
    tiny_models(&["--lanes", "subgroup"]);
}

#[test]
fn the_tiny_models_are_exact_with_workgroups() {
    tiny_models(&["--lanes", "workgroup"]);
}

#[test]
fn the_tiny_models_are_exact_one_token_at_a_time() {
    for lanes in ["none", "subgroup", "workgroup"] {
        tiny_models(&["--lanes", lanes, "--chunk", "1"]);
    }
}

#[test]
fn the_tiny_models_are_exact_a_few_tokens_at_a_time() {
    tiny_models(&["--lanes", "subgroup", "--chunk", "7"]);
}

#[test]
fn the_reference_is_exact() {
    tiny_models(&["--backend", "reference"]);
}

/// What keys and values in 8 bits may cost: twice what was seen (docs/testing.md).
const MOST_KL_OF_GROUPS: f64 = 1e-3;

/// Half a minute: what the cache costs where keys and values are a real model's.
#[test]
fn the_default_model_is_nearly_exact_with_a_quantised_cache() {
    let mut comparison = Comparison::default();
    compare(&mut comparison, &default_model(), "smollm2/chat", &["--cache", "q8_0"]);
    assert_eq!(comparison.positions, 173);
    comparison.hold_with(MOST_KL_OF_GROUPS, 4);
}

#[test]
fn the_tiny_model_is_nearly_exact_with_a_quantised_cache() {
    for lanes in ["none", "subgroup", "workgroup"] {
        for chunk in ["1", "7", "64"] {
            let more = ["--cache", "q8_0", "--lanes", lanes, "--chunk", chunk];
            let mut comparison = Comparison::default();
            compare(&mut comparison, &tiny("kquants"), "tiny/kquants", &more);
            // Random weights make for near ties.
            comparison.hold_with(MOST_KL_OF_GROUPS, 1);
        }
    }
}

/// Rounded in the same way by the GPU and by the reference: what the two differ by is not the cache's doing.
#[test]
fn a_quantised_cache_is_the_references() {
    let (model, ids) = (tiny("kquants"), golden("tiny/kquants.ids.json"));
    let run = |more: &[&str]| {
        let args = ["logits".as_ref(), model.as_os_str(), "--ids".as_ref(), ids.as_os_str()];
        let more = ["--cache", "q8_0"].iter().chain(more).map(AsRef::<std::ffi::OsStr>::as_ref);
        sotto::stdout(args.into_iter().chain(more))
    };
    let reference = run(&["--backend", "reference", "--top", "20"]);
    for lanes in ["none", "subgroup", "workgroup"] {
        let mut comparison = Comparison::default();
        comparison.add(lanes, &reference, &run(&["--lanes", lanes]));
        comparison.hold(MOST_KL);
    }
}
