//! Tokens that are more than text: which they are, which of them end an answer, and where text spells one.

use crate::TextError;
use gguf::Metadata;

/// Tokens that end an answer wherever they have one of these names, whatever the file says of them. llama.cpp keeps
/// such a list too, since files are often wrong about it.
const STOP_NAMES: [&str; 19] = [
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
    let kind = |(id, text): (usize, &String)| match types.map(|types| types[id]) {
        _ if STOP_NAMES.contains(&text.as_str()) => Kind::Special,
        // What one character spells cannot be markup: there would be no way to write that character.
        Some(kind::UNKNOWN | kind::CONTROL) if text.chars().nth(1).is_none() => Kind::Text,
        Some(kind::UNKNOWN | kind::CONTROL) => Kind::Special,
        // A file that calls its markup user-defined would have pages forge it.
        Some(kind::USER_DEFINED) if text.starts_with("<|") && text.ends_with("|>") => Kind::Special,
        Some(kind::USER_DEFINED) => Kind::Added,
        Some(kind::UNUSED) => Kind::Unused,
        _ => Kind::Text,
    };
    let mut kinds: Vec<Kind> = tokens.iter().enumerate().map(kind).collect();

    let mut stops: Vec<u32> =
        (0..).zip(tokens).filter(|(_, text)| STOP_NAMES.contains(&text.as_str())).map(|(id, _)| id).collect();
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

/// A token id from the metadata, checked against the vocabulary.
pub(crate) fn token_id(metadata: &Metadata, key: &str, tokens: usize) -> Result<Option<u32>, TextError> {
    match metadata.opt_u32(key)? {
        Some(id) if id as usize >= tokens => {
            Err(TextError::BadTokenizer(format!("{key} is {id}, but there are {tokens} tokens")))
        }
        id => Ok(id),
    }
}

/// Finds tokens that text spells whole.
pub(crate) struct Spelled {
    /// Longest first: a token within a longer one does not count.
    tokens: Vec<Token>,
}

struct Token {
    text: String,
    id: u32,
    special: bool,
}

/// A piece of text.
pub(crate) enum Piece<'t> {
    /// Spells a token.
    Token(u32),
    /// Does not.
    Text(&'t str),
}

impl Spelled {
    pub(crate) fn new(tokens: &[String], kinds: &[Kind]) -> Self {
        let mut tokens: Vec<Token> = (0..)
            .zip(tokens.iter().zip(kinds))
            .filter(|(_, (text, kind))| matches!(kind, Kind::Added | Kind::Special) && !text.is_empty())
            .map(|(id, (text, kind))| Token { text: text.clone(), id, special: *kind == Kind::Special })
            .collect();
        tokens.sort_by_key(|token| std::cmp::Reverse(token.text.len()));
        Self { tokens }
    }

    /// What special tokens look like.
    pub(crate) fn special_texts(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter(|token| token.special).map(|token| token.text.as_str())
    }

    /// Cuts `text` at the tokens it spells; special ones count only if `specials`.
    pub(crate) fn cut<'t>(&self, text: &'t str, specials: bool) -> Vec<Piece<'t>> {
        let mut pieces = vec![Piece::Text(text)];
        pieces.retain(|_| !text.is_empty());
        for token in &self.tokens {
            if (specials || !token.special) && text.contains(&token.text) {
                pieces = pieces.into_iter().flat_map(|piece| token.cut(piece)).collect();
            }
        }
        pieces
    }
}

impl Token {
    fn cut<'t>(&self, piece: Piece<'t>) -> Vec<Piece<'t>> {
        let Piece::Text(text) = piece else { return vec![piece] };
        let mut pieces = Vec::new();
        for (index, part) in text.split(&self.text).enumerate() {
            if index > 0 {
                pieces.push(Piece::Token(self.id));
            }
            if !part.is_empty() {
                pieces.push(Piece::Text(part));
            }
        }
        pieces
    }
}
