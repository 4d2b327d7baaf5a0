//! Tokenizers that contradict themselves: each gives its typed error, and none panics.

use gguf::{Metadata, Value, testing::Random};
use text::{Detokenizer, Specials, TextError, Tokenizer};

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

/// A SentencePiece vocabulary: three special tokens, every byte, `tokens`, and scores that fall with the ids.
fn pieces(tokens: &[&str]) -> Metadata {
    let mut texts: Vec<String> = ["<unk>", "<s>", "</s>"].map(String::from).into();
    texts.extend((0..=255).map(|byte| format!("<0x{byte:02X}>")));
    texts.extend(tokens.iter().map(|text| (*text).into()));
    let kind = |id: usize| [2, 3, 3].get(id).copied().unwrap_or(if id < 259 { 6 } else { 1 });
    let kinds = (0..texts.len()).map(kind).collect();
    let scores = (0..texts.len()).map(|id| -(id as f32)).collect();
    [
        ("tokenizer.ggml.model", Value::from("llama")),
        ("tokenizer.ggml.tokens", Value::Strings(texts)),
        ("tokenizer.ggml.token_type", Value::Ints(kinds)),
        ("tokenizer.ggml.scores", Value::Floats(scores)),
    ]
    .into_iter()
    .collect()
}

fn without(metadata: &Metadata, key: &str) -> Metadata {
    metadata.iter().filter(|(name, _)| !name.ends_with(key)).map(own).collect()
}

#[test]
fn sound_pieces_work() {
    let metadata = pieces(&["▁", "a", "b", "▁a", "ab", "▁ab", "aa"]);
    let tokenizer = Tokenizer::from_metadata(&metadata).unwrap();
    // `▁a` has the better score than `ab`, so that the later merge to `▁ab` goes over it.
    assert_eq!(tokenizer.encode_prompt("ab"), [1, 264]);
    assert_eq!(tokenizer.encode_prompt("</s>ab"), [1, 2, 264]);
    // The leftmost of two equal ones.
    assert_eq!(tokenizer.encode("baaa", Specials::Plain), [259, 261, 265, 260]);
    // é has no token of its own, nor has a byte's name.
    assert_eq!(tokenizer.encode("é", Specials::Plain), [259, 3 + 0xc3, 3 + 0xa9]);
    assert_eq!(tokenizer.encode("<0x41>", Specials::Plain).len(), 7);
    assert_eq!((tokenizer.token_bytes(264), tokenizer.token_bytes(3 + 0xc3)), (&b" ab"[..], &[0xc3][..]));
    assert_eq!((tokenizer.leading_bos(), tokenizer.stop_tokens()), (Some(1), &[2][..]));

    // Without scores the leftmost pair goes first.
    let unscored = Tokenizer::from_metadata(&without(&metadata, "scores")).unwrap();
    assert_eq!(unscored.encode("bab", Specials::Plain), [259, 261, 263]);
    // Of many that can be merged, each is merged once.
    let long = "a".repeat(1 << 18);
    assert_eq!(tokenizer.encode(&long, Specials::Plain).len(), (1 << 17) + 1);
}

/// The space that SentencePiece puts before the first word is no part of an answer, and a character comes whole.
#[test]
fn pieces_come_back_as_text() {
    let tokenizer = Tokenizer::from_metadata(&pieces(&["▁", "▁a", "a"])).unwrap();
    let text_of = |last: u32, ids: &[u32]| -> Vec<String> {
        let mut detokenizer = Detokenizer::after(&tokenizer, last);
        let mut text: Vec<String> = ids.iter().map(|&id| detokenizer.push(&tokenizer, id)).collect();
        text.push(detokenizer.finish());
        text
    };
    assert_eq!(text_of(1, &[260, 260]), ["a", " a", ""]);
    assert_eq!(text_of(261, &[260, 260]), [" a", " a", ""]);
    assert_eq!(text_of(1, &[259, 259, 261]), ["", " ", "a", ""]);
    assert_eq!(text_of(1, &[3 + 0xc3, 3 + 0xa9, 3 + 0xc3]), ["", "é", "", "\u{fffd}"]);
    assert_eq!(text_of(261, &[2, 260]), ["", "a", ""]);

    let mut metadata = pieces(&["▁", "▁a", "a"]);
    metadata.insert("tokenizer.ggml.add_space_prefix", false);
    let tokenizer = Tokenizer::from_metadata(&metadata).unwrap();
    assert_eq!(Detokenizer::after(&tokenizer, 1).push(&tokenizer, 260), " a");
}

#[test]
fn phi_3s_own_tokens_swallow_whitespace() {
    let mut metadata = pieces(&["▁", "a", "▁a"]);
    assert_eq!(Tokenizer::from_metadata(&metadata).unwrap().encode("</s> a", Specials::Parse), [2, 259, 261]);
    metadata.insert("general.name", "Phi-3 mini");
    let tokenizer = Tokenizer::from_metadata(&metadata).unwrap();
    assert_eq!(tokenizer.encode("</s> \n a", Specials::Parse), [2, 261]);
    assert_eq!(tokenizer.encode("<s> a", Specials::Parse), [1, 259, 261]);
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
        (pieces(&["a", "a"]), "the token a occurs twice"),
        (with_scores(3), "260 tokens have 3 scores"),
        (pieces_without("<0x0A>"), "the byte 0x0a has no token"),
        (without(&pieces(&[]), "tokens"), "lacks the key tokenizer.ggml.tokens"),
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

fn with_scores(count: usize) -> Metadata {
    let mut metadata = pieces(&["a"]);
    metadata.insert("tokenizer.ggml.scores", Value::Floats(vec![0.0; count]));
    metadata
}

fn pieces_without(name: &str) -> Metadata {
    let mut metadata = pieces(&[]);
    let mut tokens = metadata.strings("tokenizer.ggml.tokens").unwrap().to_vec();
    for token in tokens.iter_mut().filter(|token| *token == name) {
        *token = "x".into();
    }
    metadata.insert("tokenizer.ggml.tokens", Value::Strings(tokens));
    metadata
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

/// The same for SentencePiece.
#[test]
fn odd_pieces_do_no_harm() {
    let parts = ["a", "b", "▁", "<", "<|", "|>", "<|a|>", "aa", "ab", "é", "\n", " ", "\u{fdd0}", "", "🦀"];
    for seed in 0..500 {
        let mut random = Random::new(seed);
        let mut word = |most: usize| -> String {
            (0..1 + random.below(most)).map(|_| parts[random.below(parts.len())]).collect()
        };
        let mut tokens: Vec<String> = (0..20).map(|_| word(3)).collect();
        tokens.sort();
        tokens.dedup();
        let text = word(40);
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let mut metadata = pieces(&tokens);
        let count = 259 + tokens.len();
        let scores =
            (0..count).map(|_| [0.0, -0.0, 1.5, f32::NAN, f32::NEG_INFINITY][random.below(5)]).collect();
        metadata.insert("tokenizer.ggml.scores", Value::Floats(scores));
        metadata.insert("tokenizer.ggml.add_space_prefix", false);
        let kinds = (0..count).map(|id| if id < 259 { 6 } else { random.below(7) as i64 }).collect();
        metadata.insert("tokenizer.ggml.token_type", Value::Ints(kinds));
        let tokenizer = Tokenizer::from_metadata(&metadata).unwrap();
        let ids = tokenizer.encode(&text, Specials::Plain);
        assert!(ids.iter().all(|&id| !tokenizer.is_special(id)));
        let bytes: Vec<u8> = ids.iter().flat_map(|&id| tokenizer.token_bytes(id)).copied().collect();
        let unused = |id: &u32| tokenizer.token_bytes(*id).is_empty();
        if !text.contains('▁') && !ids.iter().any(unused) && !text.contains("<|a|>") {
            assert_eq!(String::from_utf8_lossy(&bytes).replace('▁', " "), text, "{seed}");
        }
    }
}
