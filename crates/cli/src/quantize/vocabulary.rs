//! `tokenizer.json` as GGUF has it: byte-level BPE, cut into words in a way that has a name.

use crate::quantize::hugging_face::{json, number};
use anyhow::{Context, Result, bail};
use gguf::{Metadata, Value as Key};
use serde_json::Value;
use std::{fs, path::Path};

const NORMAL: i64 = 1;
const CONTROL: i64 = 3;
const USER_DEFINED: i64 = 4;
const UNUSED: i64 = 5;

/// More than any vocabulary has.
const MOST_TOKENS: usize = 1 << 24;

/// The words of Llama 3; those of Qwen 2 are the same with one digit each.
const LLAMA_WORDS: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Adds the tokenizer of a folder, and its chat template.
///
/// # Errors
/// When a file is missing or damaged, or the tokenizer of a kind that cannot be converted.
pub fn add(metadata: &mut Metadata, folder: &Path, config: &Value) -> Result<()> {
    let tokenizer = json(&folder.join("tokenizer.json"))?;
    let model = &tokenizer["model"];
    if model["type"] != "BPE" || model["byte_fallback"] == true {
        bail!("a tokenizer other than byte-level BPE cannot be converted");
    }
    let size = number(config, "vocab_size")? as usize;
    if size > MOST_TOKENS {
        bail!("config.json has a vocabulary of {size} tokens, and {MOST_TOKENS} are too many already");
    }
    let mut tokens: Vec<String> = (0..size).map(|id| format!("[PAD{id}]")).collect();
    let mut types = vec![UNUSED; size];
    let mut put = |id: Option<u64>, token: &str, kind: i64| -> Result<()> {
        let id = id.context("tokenizer.json has a token without an id")? as usize;
        if id >= size {
            bail!("tokenizer.json has a token {id}, beyond the vocabulary of {size}");
        }
        tokens[id] = token.into();
        types[id] = kind;
        Ok(())
    };
    for (token, id) in model["vocab"].as_object().context("tokenizer.json has no vocabulary")? {
        put(id.as_u64(), token, NORMAL)?;
    }
    for added in tokenizer["added_tokens"].as_array().into_iter().flatten() {
        let kind = if added["special"] == true { CONTROL } else { USER_DEFINED };
        put(added["id"].as_u64(), added["content"].as_str().unwrap_or_default(), kind)?;
    }
    let merges = model["merges"].as_array().context("tokenizer.json has no merges")?;
    let merges =
        merges.iter().map(merge).collect::<Option<_>>().context("tokenizer.json has a merge of no pair")?;

    let settings = match folder.join("tokenizer_config.json") {
        path if path.exists() => json(&path)?,
        _ => Value::Null,
    };
    let bos = token_id(config, &settings, "bos", &tokens);
    let begins = match settings["add_bos_token"].as_bool() {
        Some(begins) => begins,
        // Llama 3's tokenizer says it in another way.
        None => bos.is_some_and(|bos| {
            tokenizer["post_processor"].to_string().contains(&Value::from(&*tokens[bos as usize]).to_string())
        }),
    };
    if let Some(bos) = bos {
        metadata.insert("tokenizer.ggml.bos_token_id", bos);
    }
    if let Some(eos) = token_id(config, &settings, "eos", &tokens) {
        metadata.insert("tokenizer.ggml.eos_token_id", eos);
    }
    metadata.insert("tokenizer.ggml.model", "gpt2");
    metadata.insert("tokenizer.ggml.pre", way_of_cutting(&tokenizer["pre_tokenizer"])?);
    metadata.insert("tokenizer.ggml.tokens", Key::Strings(tokens));
    metadata.insert("tokenizer.ggml.token_type", Key::Ints(types));
    metadata.insert("tokenizer.ggml.merges", Key::Strings(merges));
    metadata.insert("tokenizer.ggml.add_bos_token", begins);
    let template = fs::read_to_string(folder.join("chat_template.jinja")).ok();
    if let Some(template) = template.as_deref().or(settings["chat_template"].as_str()) {
        metadata.insert("tokenizer.chat_template", template);
    }
    Ok(())
}

/// `"a b"`, or `["a", "b"]` as newer files have it.
fn merge(merge: &Value) -> Option<String> {
    match merge {
        Value::String(merge) => Some(merge.clone()),
        Value::Array(pair) => Some(format!("{} {}", pair.first()?.as_str()?, pair.get(1)?.as_str()?)),
        _ => None,
    }
}

/// The id of a special token, by its number in the configuration, or else by its text in the tokenizer's.
fn token_id(config: &Value, settings: &Value, which: &str, tokens: &[String]) -> Option<u32> {
    let id = &config[format!("{which}_token_id")];
    let id = id.as_u64().or_else(|| id.get(0)?.as_u64());
    let text = &settings[format!("{which}_token")];
    let text = text.as_str().or(text["content"].as_str());
    let by_text = || tokens.iter().position(|token| Some(&**token) == text).map(|id| id as u64);
    u32::try_from(id.or_else(by_text)?).ok().filter(|&id| (id as usize) < tokens.len())
}

/// llama.cpp's name for how a text is cut into words.
fn way_of_cutting(pre_tokenizer: &Value) -> Result<&'static str> {
    let steps = match pre_tokenizer["pretokenizers"].as_array() {
        Some(steps) => steps.iter().collect(),
        None => vec![pre_tokenizer],
    };
    let kinds: Vec<&str> = steps.iter().map(|step| step["type"].as_str().unwrap_or_default()).collect();
    let cuts_words = steps.iter().any(|step| step["type"] == "ByteLevel" && step["use_regex"] != false);
    let pattern = steps.iter().find_map(|step| step["pattern"]["Regex"].as_str());
    match (&kinds[..], pattern) {
        (["Digits", "ByteLevel"], None) if cuts_words && steps[0]["individual_digits"] == true => {
            Ok("smollm")
        }
        (["ByteLevel"], None) if cuts_words => Ok("gpt-2"),
        (["Split", "ByteLevel"], Some(words)) if !cuts_words && words == LLAMA_WORDS => Ok("llama-bpe"),
        (["Split", "ByteLevel"], Some(words)) if !cuts_words && words == LLAMA_WORDS.replace("{1,3}", "") => {
            Ok("qwen2")
        }
        _ => {
            bail!("the tokenizer cuts text into words in a way that is not known, so it cannot be converted")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ways_of_cutting_have_names() {
        let bytes = json!({ "type": "ByteLevel", "use_regex": false });
        let split =
            |words: &str| json!({ "type": "Split", "pattern": { "Regex": words }, "behavior": "Isolated" });
        let all = |steps: &[Value]| json!({ "type": "Sequence", "pretokenizers": steps });
        let cut = |steps: &[Value]| way_of_cutting(&all(steps)).ok();
        assert_eq!(cut(&[split(LLAMA_WORDS), bytes.clone()]), Some("llama-bpe"));
        assert_eq!(cut(&[split(&LLAMA_WORDS.replace("{1,3}", "")), bytes.clone()]), Some("qwen2"));
        assert_eq!(way_of_cutting(&json!({ "type": "ByteLevel", "use_regex": true })).ok(), Some("gpt-2"));
        assert_eq!(cut(&[split(r"\s+"), bytes.clone()]), None);
        assert_eq!(cut(&[split(LLAMA_WORDS)]), None);
        assert_eq!(cut(&[bytes]), None);
    }

    #[test]
    fn special_tokens_are_found_by_number_and_by_text() {
        let tokens: Vec<String> = ["<s>", "</s>"].map(String::from).into();
        let id = |config: Value, settings: Value| token_id(&config, &settings, "eos", &tokens);
        assert_eq!(id(json!({ "eos_token_id": [1, 0] }), Value::Null), Some(1));
        assert_eq!(id(Value::Null, json!({ "eos_token": { "content": "</s>" } })), Some(1));
        assert_eq!(id(json!({ "eos_token_id": 2 }), Value::Null), None);
        assert_eq!(id(Value::Null, Value::Null), None);
    }
}
