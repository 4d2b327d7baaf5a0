//! Tokenizers that contradict themselves: each gives its typed error, and none panics.

use gguf::{Metadata, Value, testing::Random};
use text::{Specials, TextError, Tokenizer};

fn strings(texts: &[&str]) -> Value {
    Value::Strings(texts.iter().map(|text| (*text).into()).collect())
}

fn sound() -> Metadata {
    [
        ("tokenizer.ggml.model", Value::from("gpt2")),
        ("tokenizer.ggml.pre", Value::from("smollm")),
        ("tokenizer.ggml.tokens", strings(&["<s>", "</s>", "a", "b", "ab", "Ġ", "Ġab"])),
        ("tokenizer.ggml.token_type", Value::Ints(vec![3, 3, 1, 1, 1, 1, 1])),
        ("tokenizer.ggml.merges", strings(&["a b", "Ġ ab"])),
        ("tokenizer.ggml.bos_token_id", Value::from(0u32)),
        ("tokenizer.ggml.eos_token_id", Value::from(1u32)),
        ("tokenizer.ggml.add_bos_token", Value::from(true)),
        ("tokenizer.ggml.add_eos_token", Value::from(true)),
    ]
    .into_iter()
    .collect()
}

fn with(key: &str, value: Value) -> Metadata {
    let mut metadata = sound();
    metadata.insert(format!("tokenizer.ggml.{key}"), value);
    metadata
}

#[test]
fn the_sound_one_works() {
    let tokenizer = Tokenizer::from_metadata(&sound()).unwrap();
    // The byte of "c" has no token, yet it parts "a" from "b".
    assert_eq!(tokenizer.encode_prompt("ab abacb<s>"), [0, 4, 6, 2, 3, 0, 1]);
    assert_eq!(tokenizer.encode("<s>ab", Specials::Plain), [4]);
    assert!(tokenizer.encode("", Specials::Parse).is_empty());
    assert_eq!(tokenizer.token_bytes(6), b" ab");
    assert_eq!(tokenizer.token_bytes(0), b"<s>");
    assert_eq!(tokenizer.token_bytes(7), b"");
    assert_eq!(tokenizer.stop_tokens(), [1]);
    assert!(tokenizer.is_stop(1) && !tokenizer.is_stop(0) && !tokenizer.is_stop(u32::MAX));
    assert!(tokenizer.is_special(0) && !tokenizer.is_special(2) && !tokenizer.is_special(u32::MAX));
}

#[test]
fn each_fault_gives_its_error() {
    let cases = [
        (with("model", "t5".into()), "the tokenizer t5 is not supported"),
        (
            with("pre", "kimi-k2".into()),
            "gpt2 with kimi-k2 is not supported; supported are: llama, and gpt2 with one of these",
        ),
        (with("pre", 1u32.into()), "tokenizer.ggml.pre should be a string"),
        (with("tokens", strings(&[])), "there are no tokens"),
        (with("tokens", Value::Ints(vec![])), "tokenizer.ggml.tokens should be an array of strings"),
        (with("tokens", strings(&["<s>", "</s>", "a", "b", "ab", "Ġ", "ab"])), "the token ab occurs twice"),
        (with("token_type", Value::Ints(vec![3, 3])), "7 tokens have 2 types"),
        (with("merges", strings(&["ab"])), "the merge ab is not a pair"),
        (with("merges", strings(&[" "])), "the merge   is not a pair"),
        (with("merges", strings(&[""])), "the merge  is not a pair"),
        (with("merges", strings(&["a c"])), "speak of c, which is not a token"),
        // The product is longer than any token.
        (with("merges", strings(&["Ġab Ġab"])), "speak of ĠabĠab, which is not a token"),
        (with("merges", 1u32.into()), "tokenizer.ggml.merges should be"),
        (with("bos_token_id", 7u32.into()), "tokenizer.ggml.bos_token_id is 7, but there are 7 tokens"),
        (with("eot_token_id", u32::MAX.into()), "tokenizer.ggml.eot_token_id is 4294967295"),
        (with("eos_token_id", Value::Int(-1)), "tokenizer.ggml.eos_token_id should be"),
        (Metadata::default(), "lacks the key tokenizer.ggml.model"),
        (sound().iter().filter(|(key, _)| !key.contains("bos_token_id")).map(own).collect(), "none is named"),
        (sound().iter().filter(|(key, _)| !key.contains("merges")).map(own).collect(), "lacks the key"),
    ];
    for (metadata, expected) in cases {
        let error = match Tokenizer::from_metadata(&metadata) {
            Ok(_) => panic!("accepted, expected \"{expected}\""),
            Err(error) => error,
        };
        assert!(error.to_string().contains(expected), "got \"{error}\", expected \"{expected}\"");
        assert!(!matches!(error, TextError::Template(_) | TextError::NoChatTemplate));
    }
}

fn own((key, value): (&str, &Value)) -> (String, Value) {
    (key.into(), value.clone())
}

/// Vocabularies of odd little tokens: whatever is accepted must encode and decode without panic or endless loop.
#[test]
fn odd_vocabularies_do_no_harm() {
    let parts = ["a", "b", "Ġ", "<", "<|", "|>", "<|a|>", "aa", "ab", "é", "Ċ", " ", "\u{fdd0}", "", "🦀"];
    let mut accepted = 0;
    for seed in 0..500 {
        let mut random = Random::new(seed);
        let mut word = |most: usize| -> String {
            (0..1 + random.below(most)).map(|_| parts[random.below(parts.len())]).collect()
        };
        let mut tokens: Vec<String> = parts.iter().map(|part| (*part).into()).collect();
        tokens.extend((0..12).map(|_| word(3)));
        tokens.sort();
        tokens.dedup();
        let text = word(40);
        let merges = (0..4)
            .map(|_| (random.below(tokens.len()), random.below(tokens.len())))
            .map(|(left, right)| (tokens[left].as_str(), tokens[right].as_str()))
            .filter(|(left, right)| seed % 3 == 0 || tokens.contains(&format!("{left}{right}")))
            .map(|(left, right)| format!("{left} {right}"))
            .collect();
        let types = tokens.iter().map(|_| random.below(7) as i64).collect();
        let mut metadata = with("token_type", Value::Ints(types));
        metadata.insert("tokenizer.ggml.tokens", Value::Strings(tokens));
        metadata.insert("tokenizer.ggml.merges", Value::Strings(merges));
        metadata.insert(
            "tokenizer.ggml.pre",
            ["smollm", "default", "llama-bpe", "tekken", "deepseek-llm"][random.below(5)],
        );
        let Ok(tokenizer) = Tokenizer::from_metadata(&metadata) else { continue };
        accepted += 1;
        let plain = tokenizer.encode(&text, Specials::Plain);
        assert!(plain.iter().all(|&id| (id as usize) < tokenizer.vocab_size() && !tokenizer.is_special(id)));
        tokenizer.encode_prompt(&text);

        metadata.insert(
            "tokenizer.chat_template",
            "{{ bos_token }}{{ messages[0].content | trim }}{{ eos_token }}",
        );
        let today = text::Date { year: 2026, month: 11, day: 22 };
        let template = text::ChatTemplate::from_metadata(&metadata, today).unwrap();
        let message = text::Message { role: text::Role::User, content: text };
        template.encode(&tokenizer, &[message]).unwrap();
    }
    assert!(accepted > 80, "{accepted}");
}
