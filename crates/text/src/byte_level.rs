//! Byte-level BPE, GPT-2's: text is cut into words, and the bytes of each word are merged by a list of pairs.
//!
//! Each byte is written as one visible character, so that vocabularies are text: bytes that are visible characters of
//! Latin-1 stand for themselves; the other 68 are U+0100 and onwards, in order.

use crate::{
    TextError,
    pre_tokenizers::{self, PreTokenizer},
    special_tokens::Kind,
    words::Words,
};
use gguf::Metadata;
use std::collections::HashMap;
use tokenizers::{
    Model,
    models::bpe::{BPE, Merges, Vocab},
};

/// The part of a tokenizer that plain text meets, for `tokenizer.ggml.model` = `gpt2`.
pub(crate) struct ByteLevel {
    words: Words,
    bpe: BPE,
    /// The character of each byte.
    alphabet: [char; 256],
    byte_of: HashMap<char, u8>,
    vocab_size: usize,
}

impl ByteLevel {
    /// The way of cutting words that the file names.
    pub(crate) fn way(metadata: &Metadata) -> Result<PreTokenizer, TextError> {
        let pre = metadata.opt_str("tokenizer.ggml.pre")?.unwrap_or("default");
        pre_tokenizers::find(pre).ok_or_else(|| TextError::UnsupportedTokenizer(format!("gpt2 with {pre}")))
    }

    pub(crate) fn new(
        metadata: &Metadata,
        way: &PreTokenizer,
        tokens: &[String],
        kinds: &[Kind],
    ) -> Result<Self, TextError> {
        let alphabet = std::array::from_fn(|byte| char_of(byte as u8));
        let merges = metadata.strings("tokenizer.ggml.merges")?;
        Ok(Self {
            words: Words::new(way),
            bpe: build_bpe(tokens, kinds, merges, &alphabet, way.ignore_merges)?,
            alphabet,
            byte_of: alphabet.iter().copied().zip(0..=0xff).collect(),
            vocab_size: tokens.len(),
        })
    }

    /// Appends the ids of `text`. Bytes that the vocabulary has no token for are left out.
    pub(crate) fn encode(&self, text: &str, ids: &mut Vec<u32>) {
        let mut word = String::new();
        self.words.cut(text, |bytes| {
            word.clear();
            word.extend(bytes.bytes().map(|byte| self.alphabet[usize::from(byte)]));
            // Without dropout and unknown token, nothing in it can fail.
            let tokens = self.bpe.tokenize(&word).unwrap_or_default();
            // Ids past the vocabulary hold the places of bytes that have no token.
            ids.extend(tokens.iter().map(|token| token.id).filter(|&id| (id as usize) < self.vocab_size));
        });
    }

    /// Appends what a token of text stands for. One that is not written in the alphabet stands for itself.
    pub(crate) fn decode(&self, token: &str, bytes: &mut Vec<u8>) {
        let before = bytes.len();
        bytes.extend(token.chars().map_while(|c| self.byte_of.get(&c)));
        if bytes.len() - before < token.chars().count() {
            bytes.truncate(before);
            bytes.extend(token.as_bytes());
        }
    }
}

fn build_bpe(
    tokens: &[String],
    kinds: &[Kind],
    merges: &[String],
    alphabet: &[char; 256],
    ignore_merges: bool,
) -> Result<BPE, TextError> {
    let mut vocabulary = Vocab::with_capacity(tokens.len() + alphabet.len());
    for (id, text) in (0..).zip(tokens).filter(|(_, text)| !text.is_empty()) {
        if vocabulary.insert(text.clone(), id).is_some() {
            return Err(TextError::BadTokenizer(format!("the token {text} occurs twice")));
        }
    }

    // A merge of a special token would let plain text spell one.
    let usable = |text: &str| {
        vocabulary.get(text).map(|&id: &u32| kinds[id as usize] != Kind::Special).ok_or_else(|| {
            TextError::BadTokenizer(format!("the merges speak of {text}, which is not a token"))
        })
    };
    let mut pairs = Merges::with_capacity(merges.len());
    let mut product = String::new();
    for merge in merges {
        let pair = merge.char_indices().skip(1).find(|(_, c)| *c == ' ').map(|(at, _)| merge.split_at(at));
        let Some((left, right)) = pair.map(|(left, right)| (left, &right[1..])) else {
            return Err(TextError::BadTokenizer(format!("the merge {merge} is not a pair")));
        };
        product.clear();
        product.push_str(left);
        product.push_str(right);
        if usable(left)? & usable(right)? & usable(&product)? {
            pairs.push((left.into(), right.into()));
        }
    }

    vocabulary.retain(|_, id| kinds[*id as usize] != Kind::Special);
    // A byte without a token must still part its neighbours: it gets an id past the vocabulary, dropped later.
    for (byte, c) in alphabet.iter().enumerate() {
        vocabulary.entry(c.to_string()).or_insert((tokens.len() + byte) as u32);
    }
    BPE::builder()
        .vocab_and_merges(vocabulary, pairs)
        .ignore_merges(ignore_merges)
        .build()
        .map_err(|error| TextError::BadTokenizer(error.to_string()))
}

/// The character that stands for `byte`.
fn char_of(byte: u8) -> char {
    if is_visible(byte) {
        char::from(byte)
    } else {
        let before = (0..byte).filter(|&byte| !is_visible(byte)).count() as u32;
        char::from_u32(0x100 + before).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

fn is_visible(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_byte_has_its_own_visible_character() {
        let alphabet: BTreeSet<char> = (0..=0xff).map(char_of).collect();
        assert_eq!(alphabet.len(), 256);
        assert!(!alphabet.iter().any(|c| c.is_whitespace() || c.is_control()));
        assert_eq!(alphabet.last(), Some(&'\u{143}'));
        assert_eq!([char_of(b' '), char_of(b'\n'), char_of(b'a'), char_of(0xad)], ['Ġ', 'Ċ', 'a', 'Ń']);
    }
}
