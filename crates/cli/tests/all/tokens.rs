//! `sotto tokenize` against llama.cpp.

use crate::{
    files::{default_model, golden, golden_json},
    sotto,
};
use std::{collections::BTreeMap, path::Path};

fn ids(model: &Path, file: &Path) -> Vec<u32> {
    let printed = sotto::stdout(["tokenize".as_ref(), model.as_os_str(), file.as_os_str()]);
    serde_json::from_str(&printed).unwrap_or_else(|e| panic!("{printed}: {e}"))
}

#[test]
fn the_default_model_cuts_every_text_the_same_way() {
    let model = default_model();
    let mut texts = 0;
    for entry in golden("tokenizer").read_dir().expect("the corpus") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension == "json") {
            continue;
        }
        let stem = path.file_stem().expect("a name").to_string_lossy();
        let expected: Vec<u32> = golden_json(&format!("tokenizer/{stem}.ids.json"));
        assert_eq!(ids(&model, &path), expected, "{stem}");
        texts += 1;
    }
    assert!(texts >= 14, "{texts} texts");
}

#[test]
fn every_way_to_cut_words_is_the_same() {
    for pre in ["gpt-2", "llama-bpe", "qwen2", "smollm"] {
        let expected: BTreeMap<String, Vec<u32>> = golden_json(&format!("vocab/{pre}.ids.json"));
        assert!(!expected.is_empty());
        // What text becomes whose special tokens are not parsed is no concern of this command's.
        for (stem, expected) in expected.iter().filter(|(stem, _)| !stem.ends_with(" plain")) {
            let model = golden(&format!("vocab/{pre}.gguf"));
            let file = golden(&format!("tokenizer/{stem}.txt"));
            assert_eq!(&ids(&model, &file), expected, "{pre}, {stem}");
        }
    }
}

#[test]
fn sentence_piece_is_the_same() {
    let expected: BTreeMap<String, Vec<u32>> = golden_json("vocab/spm/llama.ids.json");
    assert!(!expected.is_empty());
    for (stem, expected) in expected.iter().filter(|(stem, _)| !stem.ends_with(" plain")) {
        let file = golden(&format!("tokenizer/{stem}.txt"));
        assert_eq!(&ids(&golden("vocab/spm.gguf"), &file), expected, "{stem}");
    }
}

/// The golden prompts' own ids, BOS where the file wants it.
#[test]
fn prompts_give_their_ids() {
    for prompt in ["prose", "code", "chat"] {
        let expected: Vec<u32> = golden_json(&format!("smollm2/{prompt}.ids.json"));
        assert_eq!(ids(&default_model(), &golden(&format!("smollm2/{prompt}.txt"))), expected, "{prompt}");
    }
}
