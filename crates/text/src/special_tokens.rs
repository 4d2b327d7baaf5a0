//! Tokens that are more than text: which they are, and which of them end an answer.

use crate::TextError;
use gguf::Metadata;

/// Tokens that end an answer wherever they have one of these names, whatever the file says of them. llama.cpp keeps
/// such a list too, since files are often wrong about it.
const STOP_NAMES: [&str; 22] = [
    "<|eot_id|>",
    "<|im_end|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<|flush|>",
    "<|calls|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "</s>",
    "<|eom_id|>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "[EOS]",
    "<|end_of_text|>",
    "<end_of_utterance>",
    "<eos>",
    "<｜end▁of▁sentence｜>",
    "<turn|>",
    "<|tool_response>",
    "[e~[",
];

/// Tokens that only part the messages of an answer, or are mere text, in vocabularies that have all of the others.
const NO_STOPS: [(&str, &[&str]); 3] = [
    ("<|end|>", &["<|return|>", "<|call|>"]),
    ("<|end|>", &["<|calls|>", "<|flush|>"]),
    ("</s>", &["<|tool_response>"]),
];

/// Keys of tokens that end an answer, and the names by which such a token is known where the key is missing.
const STOP_KEYS: [(&str, &[&str]); 6] = [
    ("tokenizer.ggml.eos_token_id", &[]),
    ("tokenizer.ggml.eot_token_id", &[]),
    ("tokenizer.ggml.eom_token_id", &[]),
    ("tokenizer.ggml.fim_pad_token_id", &["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"]),
    (
        "tokenizer.ggml.fim_rep_token_id",
        &["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"],
    ),
    ("tokenizer.ggml.fim_sep_token_id", &["<|file_sep|>"]),
];

/// `tokenizer.ggml.token_type`.
mod kind {
    pub const UNKNOWN: i64 = 2;
    pub const CONTROL: i64 = 3;
    pub const USER_DEFINED: i64 = 4;
    pub const UNUSED: i64 = 5;
    pub const BYTE: i64 = 6;
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Part of the byte-level vocabulary.
    Text,
    /// Text that always becomes this token; no markup.
    Added,
    /// Markup: never made from plain text, never shown.
    Special,
    /// One byte, where text has no other token.
    Byte(u8),
    /// In the vocabulary only to fill it up.
    Unused,
}

/// The kind of every token, and the ids of those that end an answer, ascending.
pub(crate) fn kinds(metadata: &Metadata, tokens: &[String]) -> Result<(Vec<Kind>, Vec<u32>), TextError> {
    let types = metadata.opt_ints("tokenizer.ggml.token_type")?;
    if let Some(types) = types
        && types.len() != tokens.len()
    {
        return Err(TextError::BadTokenizer(format!("{} tokens have {} types", tokens.len(), types.len())));
    }
    let names = stop_names(tokens);
    let kind = |(id, text): (usize, &String)| match types.map(|types| types[id]) {
        _ if names.contains(&text.as_str()) => Kind::Special,
        // What one character spells cannot be markup: there would be no way to write that character.
        Some(kind::UNKNOWN | kind::CONTROL) if text.chars().nth(1).is_none() => Kind::Text,
        Some(kind::UNKNOWN | kind::CONTROL) => Kind::Special,
        // A file that calls its markup user-defined would have pages forge it.
        Some(kind::USER_DEFINED) if is_markup(text) => Kind::Special,
        Some(kind::USER_DEFINED) => Kind::Added,
        Some(kind::UNUSED) => Kind::Unused,
        Some(kind::BYTE) => byte_named(text).map_or(Kind::Text, Kind::Byte),
        _ => Kind::Text,
    };
    let mut kinds: Vec<Kind> = tokens.iter().enumerate().map(kind).collect();

    let mut stops: Vec<u32> =
        (0..).zip(tokens).filter(|(_, text)| names.contains(&text.as_str())).map(|(id, _)| id).collect();
    for (key, names) in STOP_KEYS {
        if let Some(id) = token_id(metadata, key, tokens.len())? {
            stops.push(id);
        } else if let Some((id, _)) = (0..).zip(tokens).find(|(_, text)| names.contains(&text.as_str())) {
            stops.push(id);
            kinds[id as usize] = Kind::Special;
        }
    }
    stops.sort_unstable();
    stops.dedup();
    Ok((kinds, stops))
}

/// Those of [`STOP_NAMES`] that end an answer in this vocabulary.
fn stop_names(tokens: &[String]) -> Vec<&'static str> {
    let mut names = STOP_NAMES.to_vec();
    names.retain(|name| tokens.iter().any(|text| text == name));
    let present = names.clone();
    let is_stop = |name: &&str| {
        !NO_STOPS
            .iter()
            .any(|(no_stop, others)| no_stop == name && others.iter().all(|o| present.contains(o)))
    };
    names.retain(is_stop);
    names
}

/// Whether a token that the file calls text is one that turns of a conversation are marked with.
fn is_markup(text: &str) -> bool {
    let between = |start, end| text.starts_with(start) && text.ends_with(end);
    between("<|", "|>")
        || between("<｜", "｜>")
        || matches!(text, "<start_of_turn>" | "<end_of_turn>" | "[INST]" | "[/INST]")
}

/// The byte that a name like `<0x0A>` stands for.
pub(crate) fn byte_named(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("<0x")?.strip_suffix('>')?;
    let is_byte = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_byte.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// Whether a token that text spells swallows the whitespace after it. Phi-3's do, which no file says; llama.cpp knows the
/// model by its name too.
pub(crate) fn swallowers(metadata: &Metadata) -> Result<impl Fn(&str) -> bool, TextError> {
    let name = metadata.opt_str("general.name")?.unwrap_or_default().to_lowercase();
    let is_phi3 = name.contains("phi-3") || name.contains("phi3");
    Ok(move |text: &str| is_phi3 && !["<unk>", "<s>", "<|endoftext|>"].contains(&text))
}

/// The tokens that begin and end a text.
pub(crate) fn bos_and_eos(
    metadata: &Metadata,
    tokens: usize,
) -> Result<(Option<u32>, Option<u32>), TextError> {
    let id = |key, usual: u32| -> Result<Option<u32>, TextError> {
        let usual = (metadata.opt_str("tokenizer.ggml.model")? == Some("llama") && (usual as usize) < tokens)
            .then_some(usual);
        Ok(token_id(metadata, key, tokens)?.or(usual))
    };
    Ok((id("tokenizer.ggml.bos_token_id", 1)?, id("tokenizer.ggml.eos_token_id", 2)?))
}

/// A token id from the metadata, checked against the vocabulary.
pub(crate) fn token_id(metadata: &Metadata, key: &str, tokens: usize) -> Result<Option<u32>, TextError> {
    match metadata.opt_u32(key)? {
        Some(id) if id as usize >= tokens => {
            Err(TextError::BadTokenizer(format!("{key} is {id}, but there are {tokens} tokens")))
        }
        id => Ok(id),
    }
}
