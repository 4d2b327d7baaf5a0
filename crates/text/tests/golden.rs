//! Token ids are llama.cpp's: on tokenizers of every kind, and on the default model's own.
//!
//! The files of `tests/golden/` and how they came about: see its README.

use std::{collections::BTreeMap, fs, path::PathBuf};
use text::{ChatTemplate, Date, Message, Role, Specials, Tokenizer, text_from_bytes};

const TODAY: Date = Date { year: 2026, month: 11, day: 22 };

fn golden(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(file)
}

fn read(file: &str) -> Vec<u8> {
    let path = golden(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read_ids(file: &str) -> Vec<u32> {
    serde_json::from_slice(&read(file)).unwrap()
}

fn metadata(file: Vec<u8>) -> gguf::Metadata {
    let reader = pollster::block_on(gguf::Reader::open(std::io::Cursor::new(file))).unwrap();
    reader.header().metadata.clone()
}

/// Names the first difference instead of printing thousands of ids.
#[track_caller]
fn assert_ids(name: &str, got: &[u32], expected: &[u32]) {
    if let Some(at) = (0..got.len().max(expected.len())).find(|&at| got.get(at) != expected.get(at)) {
        let window = |ids: &[u32]| ids.iter().skip(at.saturating_sub(3)).take(8).copied().collect::<Vec<_>>();
        panic!("{name}: id {at} differs: {:?}, but llama.cpp has {:?}", window(got), window(expected));
    }
}

#[test]
fn every_way_of_cutting_words_gives_llama_cpps_ids() {
    for pre in ["gpt-2", "smollm", "llama-bpe", "qwen2"] {
        let tokenizer = Tokenizer::from_metadata(&metadata(read(&format!("vocab/{pre}.gguf")))).unwrap();
        assert_corpus(pre, &tokenizer, &format!("vocab/{pre}.ids.json"));
    }
}

/// Asserts that the texts of the corpus give the ids of `file`.
#[track_caller]
fn assert_corpus(name: &str, tokenizer: &Tokenizer, file: &str) {
    let expected: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&read(file)).unwrap();
    assert!(expected.len() > 5);
    for (text, ids) in expected {
        let ids: Vec<u32> = serde_json::from_value(ids).unwrap();
        let got = match text.strip_suffix(" plain") {
            None => tokenizer.encode_prompt(&text_from_bytes(&read(&format!("tokenizer/{text}.txt")))),
            Some(text) => {
                let text = text_from_bytes(&read(&format!("tokenizer/{text}.txt")));
                let bos = tokenizer.leading_bos().into_iter();
                bos.chain(tokenizer.encode(&text, Specials::Plain)).collect()
            }
        };
        assert_ids(&format!("{name}, {text}"), &got, &ids);
    }
}

/// The vocabulary whose tokens reach over the ends of words, cut in every way under every name.
#[test]
fn every_way_of_cutting_has_all_its_names() {
    let mut metadata = metadata(read("vocab/uncut.gguf"));
    metadata.insert("tokenizer.ggml.pre", "no such way");
    let Err(error) = Tokenizer::from_metadata(&metadata) else { panic!("an unknown way was accepted") };
    let error = error.to_string();
    let mut supported: Vec<&str> = error.rsplit(": ").next().unwrap().split(", ").collect();
    supported.sort();

    let ways: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&read("vocab/uncut/names.json")).unwrap();
    let mut tried = Vec::new();
    for (way, others) in &ways {
        for name in std::iter::once(way).chain(others) {
            metadata.insert("tokenizer.ggml.pre", name.as_str());
            let tokenizer = Tokenizer::from_metadata(&metadata).unwrap();
            assert_corpus(name, &tokenizer, &format!("vocab/uncut/{way}.ids.json"));
            tried.push(name.as_str());
        }
    }
    tried.sort();
    assert_eq!(tried, supported);
}

/// SentencePiece, read as three families read it. BOS and EOS have the ids they always have, since the file is silent.
#[test]
fn sentence_piece_gives_llama_cpps_ids() {
    let llama = metadata(read("vocab/spm.gguf"));
    let mut gemma = llama.clone();
    gemma.insert("tokenizer.ggml.add_space_prefix", false);
    let mut phi3 = llama.clone();
    phi3.insert("general.name", "Phi-3 mini");
    for (name, metadata) in [("llama", llama), ("gemma", gemma), ("phi-3", phi3)] {
        let tokenizer = Tokenizer::from_metadata(&metadata).unwrap();
        assert_eq!(tokenizer.leading_bos(), Some(1));
        assert_corpus(name, &tokenizer, &format!("vocab/spm/{name}.ids.json"));
    }
}

#[test]
fn answers_end_where_llama_cpp_ends_them() {
    let families: Vec<serde_json::Value> = serde_json::from_slice(&read("vocab/stops.json")).unwrap();
    assert!(families.len() > 10);
    for family in families {
        let tokens: Vec<String> = serde_json::from_value(family["tokens"].clone()).unwrap();
        let metadata: gguf::Metadata = [
            ("tokenizer.ggml.model", gguf::Value::from("gpt2")),
            ("tokenizer.ggml.pre", "gpt-2".into()),
            ("tokenizer.ggml.token_type", gguf::Value::Ints(vec![3; tokens.len()])),
            ("tokenizer.ggml.tokens", gguf::Value::Strings(tokens)),
            ("tokenizer.ggml.merges", gguf::Value::Strings(Vec::new())),
            ("tokenizer.ggml.eos_token_id", 0u32.into()),
        ]
        .into_iter()
        .collect();
        let stops: Vec<u32> = serde_json::from_value(family["stops"].clone()).unwrap();
        assert_eq!(Tokenizer::from_metadata(&metadata).unwrap().stop_tokens(), stops, "{}", family["tokens"]);
    }
}

/// The default model: `SOTTO_MODEL`, or where `cargo xtask` keeps it. Absent, the test fails.
fn model_metadata() -> gguf::Metadata {
    let cache = || {
        let base = std::env::var_os("XDG_CACHE_HOME").filter(|base| !base.is_empty()).map(PathBuf::from);
        let base = base
            .unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache"));
        base.join("sotto/models/smollm2-135m-instruct-q4_1.gguf")
    };
    let path = std::env::var_os("SOTTO_MODEL").map_or_else(cache, PathBuf::from);
    // A header of 1.8 MB: the weights are not needed.
    let mut front = Vec::new();
    let file = fs::File::open(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask test` fetches the model", path.display()));
    std::io::Read::read_to_end(&mut std::io::Read::take(file, 4 << 20), &mut front).unwrap();
    struct Front(std::io::Cursor<Vec<u8>>);
    impl gguf::Source for Front {
        async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
            self.0.read(into).await
        }
    }
    let reader = pollster::block_on(gguf::Reader::open(Front(std::io::Cursor::new(front)))).unwrap();
    reader.header().metadata.clone()
}

#[test]
fn the_default_model_gives_llama_cpps_ids() {
    let metadata = model_metadata();
    let tokenizer = Tokenizer::from_metadata(&metadata).unwrap();
    assert_eq!(tokenizer.vocab_size(), 49_152);
    // llama.cpp's set: <|endoftext|>, <|im_end|>, <reponame>.
    assert_eq!(tokenizer.stop_tokens(), [0, 2, 4]);
    assert_eq!(tokenizer.leading_bos(), None);

    let mut texts = 0;
    for entry in fs::read_dir(golden("tokenizer")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let Some(name) = file.strip_suffix(".txt").or_else(|| file.strip_suffix(".bin")) else { continue };
        let text = text_from_bytes(&read(&format!("tokenizer/{file}")));
        let ids = read_ids(&format!("tokenizer/{name}.ids.json"));
        assert_ids(name, &tokenizer.encode_prompt(&text), &ids);
        let plain = format!("tokenizer/{name}.plain.json");
        let ids = if golden(&plain).exists() { read_ids(&plain) } else { ids };
        assert_ids(&format!("{name}, plain"), &tokenizer.encode(&text, Specials::Plain), &ids);
        texts += 1;
    }
    assert!(texts >= 13, "only {texts} texts");

    for name in ["prose", "code", "chat"] {
        let text = text_from_bytes(&read(&format!("smollm2/{name}.txt")));
        assert_ids(name, &tokenizer.encode_prompt(&text), &read_ids(&format!("smollm2/{name}.ids.json")));
    }
}

#[test]
fn the_default_models_template_gives_the_golden_chat() {
    let metadata = model_metadata();
    let tokenizer = Tokenizer::from_metadata(&metadata).unwrap();
    let template = ChatTemplate::from_metadata(&metadata, TODAY).unwrap();
    let turns: Vec<serde_json::Value> = serde_json::from_slice(&read("smollm2/chat.messages.json")).unwrap();
    let messages: Vec<Message> = turns
        .iter()
        .map(|turn| Message {
            role: match turn["role"].as_str().unwrap() {
                "system" => Role::System,
                "user" => Role::User,
                "assistant" => Role::Assistant,
                other => panic!("{other}"),
            },
            content: turn["content"].as_str().unwrap().into(),
        })
        .collect();
    let expected = String::from_utf8(read("smollm2/chat.txt")).unwrap();
    assert_eq!(template.render(&messages, true).unwrap(), expected);
    assert_ids("chat", &template.encode(&tokenizer, &messages).unwrap(), &read_ids("smollm2/chat.ids.json"));
}

/// A token's text may be cut differently, but never gives other bytes.
#[test]
fn every_token_of_the_default_model_comes_back_as_its_bytes() {
    let tokenizer = Tokenizer::from_metadata(&model_metadata()).unwrap();
    let mut whole = 0;
    for id in 0..tokenizer.vocab_size() as u32 {
        let Ok(text) = std::str::from_utf8(tokenizer.token_bytes(id)) else { continue };
        let ids = tokenizer.encode(text, Specials::Parse);
        let bytes: Vec<u8> = ids.iter().flat_map(|&id| tokenizer.token_bytes(id)).copied().collect();
        assert_eq!(bytes, text.as_bytes(), "token {id}");
        assert_eq!(tokenizer.encode(text, Specials::Plain) == [id], ids == [id] && !tokenizer.is_special(id));
        whole += usize::from(ids == [id]);
    }
    assert!(whole > 45_000, "only {whole} tokens come back as themselves");
}
