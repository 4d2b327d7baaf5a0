//! What `sotto run` writes at temperature 0 against llama.cpp's.

use crate::{
    files::{TINY, default_model, golden, golden_json, tiny},
    session::{Model, open_gpu, open_reference},
    sotto,
};
use ops::Backend;
use text::{Options, Sampling};

#[derive(serde::Deserialize)]
struct Text {
    text: String,
}

#[derive(serde::Deserialize)]
struct Ids {
    ids: Vec<u32>,
    stopped: bool,
}

/// As in the golden files.
const MOST_TOKENS: u32 = 48;

#[test]
fn the_default_model_writes_the_same_texts() {
    let model = default_model();
    for name in ["story", "months", "code", "chat", "rewrite"] {
        let expected: Text = golden_json(&format!("greedy/{name}.json"));
        let prompt = golden(&format!("greedy/{name}.txt"));
        let mut args = vec!["run".as_ref(), model.as_os_str(), "--prompt-file".as_ref(), prompt.as_os_str()];
        args.extend(
            ["--max-tokens", "48", "--temperature", "0", "--raw"].map(AsRef::<std::ffi::OsStr>::as_ref),
        );
        assert_eq!(sotto::stdout(args), expected.text, "{name}");
    }
}

fn continues<B: Backend>(name: &str, mut model: Model<B>) {
    let prompt: Vec<u32> = golden_json(&format!("tiny/{name}.ids.json"));
    let expected: Ids = golden_json(&format!("tiny/{name}.greedy.json"));
    let options = Options { max_tokens: MOST_TOKENS, sampling: Sampling::GREEDY, ignore_stop: false };
    let answer = model.answer(&prompt, &options);
    let tokens: Vec<&[u8]> =
        expected.ids.iter().map(|&id| model.session.tokenizer().token_bytes(id)).collect();
    assert_eq!(answer.text, String::from_utf8_lossy(&tokens.concat()), "{name}");
    assert_eq!(answer.outcome.generated_tokens as usize, expected.ids.len(), "{name}");
    assert_eq!(answer.outcome.finish == text::Finish::Stop, expected.stopped, "{name}");
}

#[test]
fn the_tiny_models_write_the_same_tokens() {
    for name in TINY {
        continues(name, open_gpu(&tiny(name), 256));
    }
}

#[test]
fn the_reference_writes_the_same_tokens() {
    for name in TINY {
        continues(name, open_reference(&tiny(name), 256));
    }
}
