//! Text to token ids.

use crate::{
    TextError, byte_level, pre_tokenizers,
    special_tokens::{self, Kind, Piece, Spelled},
    words::Words,
};
use gguf::Metadata;
use std::collections::HashMap;
use tokenizers::{
    Model,
    models::bpe::{BPE, Merges, Vocab},
};

/// What becomes of text that spells a special token, `<|im_end|>` for instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Specials {
    /// It becomes that token. Only for text that one trusts.
    Parse,
    /// It stays text.
    Plain,
}

/// A byte-level BPE tokenizer, as a GGUF file's `tokenizer.ggml.*` describe it.
///
/// Ids are those of llama.cpp. `tokenizer.ggml.model` must be `gpt2`; the ways of cutting text into words,
/// `tokenizer.ggml.pre`, are those of `pre_tokenizers.rs`.
pub struct Tokenizer {
    words: Words,
    bpe: BPE,
    spelled: Spelled,
    /// The character of each byte.
    alphabet: [char; 256],
    kinds: Vec<Kind>,
    /// What the tokens stand for, one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    stops: Vec<u32>,
    bos: Option<u32>,
    eos: Option<u32>,
    add_bos: bool,
    add_eos: bool,
}

impl Tokenizer {
    /// Builds the tokenizer that the file describes.
    ///
    /// # Errors
    /// [`TextError::UnsupportedTokenizer`] names what is not implemented; [`TextError::Metadata`] and
    /// [`TextError::BadTokenizer`] say what is missing or contradicts itself.
    pub fn from_metadata(metadata: &Metadata) -> Result<Self, TextError> {
        let model = metadata.str("tokenizer.ggml.model")?;
        if model != "gpt2" {
            return Err(TextError::UnsupportedTokenizer(model.into()));
        }
        let pre = metadata.opt_str("tokenizer.ggml.pre")?.unwrap_or("default");
        let way = pre_tokenizers::find(pre)
            .ok_or_else(|| TextError::UnsupportedTokenizer(format!("gpt2 with {pre}")))?;

        let tokens = metadata.strings("tokenizer.ggml.tokens")?;
        if tokens.is_empty() {
            return Err(TextError::BadTokenizer("there are no tokens".into()));
        }
        let (kinds, stops) = special_tokens::kinds(metadata, tokens)?;
        let bos = special_tokens::token_id(metadata, "tokenizer.ggml.bos_token_id", tokens.len())?;
        let eos = special_tokens::token_id(metadata, "tokenizer.ggml.eos_token_id", tokens.len())?;
        let add_bos = metadata.opt_bool("tokenizer.ggml.add_bos_token")?.unwrap_or(way.add_bos);
        let add_eos = metadata.opt_bool("tokenizer.ggml.add_eos_token")?.unwrap_or(false);
        if add_bos && bos.is_none() || add_eos && eos.is_none() {
            return Err(TextError::BadTokenizer(
                "a token should be added to each text, but none is named".into(),
            ));
        }

        let alphabet = std::array::from_fn(|byte| byte_level::char_of(byte as u8));
        let bpe = build_bpe(
            tokens,
            &kinds,
            metadata.strings("tokenizer.ggml.merges")?,
            &alphabet,
            way.ignore_merges,
        )?;
        let (bytes, ends) = decode_all(tokens, &kinds, &alphabet);
        let spelled = Spelled::new(tokens, &kinds);
        Ok(Self {
            words: Words::new(&way),
            bpe,
            spelled,
            alphabet,
            kinds,
            bytes,
            ends,
            stops,
            bos,
            eos,
            add_bos,
            add_eos,
        })
    }

    /// The ids of `text`, without BOS and EOS. Bytes that the vocabulary has no token for are left out.
    pub fn encode(&self, text: &str, specials: Specials) -> Vec<u32> {
        let mut ids = Vec::new();
        for piece in self.spelled.cut(text, specials == Specials::Parse) {
            match piece {
                Piece::Token(id) => ids.push(id),
                Piece::Text(text) => self.encode_words(text, &mut ids),
            }
        }
        ids
    }

    /// The ids of a whole prompt: special tokens in `text` are parsed, BOS and EOS added where the file says so.
    pub fn encode_prompt(&self, text: &str) -> Vec<u32> {
        let mut ids: Vec<u32> = self.bos.filter(|_| self.add_bos).into_iter().collect();
        ids.extend(self.encode(text, Specials::Parse));
        ids.extend(self.eos.filter(|_| self.add_eos));
        ids
    }

    /// The token put before each text, where the file wants one there.
    pub fn leading_bos(&self) -> Option<u32> {
        self.bos.filter(|_| self.add_bos)
    }

    /// What `id` stands for: any bytes, not always whole characters. Special tokens give their names; ids past the
    /// vocabulary nothing.
    pub fn token_bytes(&self, id: u32) -> &[u8] {
        let id = id as usize;
        let Some(&end) = self.ends.get(id) else { return &[] };
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.bytes[start..end]
    }

    /// Tokens in the vocabulary.
    pub fn vocab_size(&self) -> usize {
        self.ends.len()
    }

    /// Whether `id` is markup rather than text.
    pub fn is_special(&self, id: u32) -> bool {
        self.kinds.get(id as usize) == Some(&Kind::Special)
    }

    /// The tokens that end an answer, ascending.
    pub fn stop_tokens(&self) -> &[u32] {
        &self.stops
    }

    /// Whether `id` ends an answer.
    pub fn is_stop(&self, id: u32) -> bool {
        self.stops.binary_search(&id).is_ok()
    }

    pub(crate) fn spelled(&self) -> &Spelled {
        &self.spelled
    }

    fn encode_words(&self, text: &str, ids: &mut Vec<u32>) {
        let mut word = String::new();
        self.words.cut(text, |bytes| {
            word.clear();
            word.extend(bytes.bytes().map(|byte| self.alphabet[usize::from(byte)]));
            // Without dropout and unknown token, nothing in it can fail.
            let tokens = self.bpe.tokenize(&word).unwrap_or_default();
            // Ids past the vocabulary hold the places of bytes that have no token.
            ids.extend(tokens.iter().map(|token| token.id).filter(|&id| (id as usize) < self.vocab_size()));
        });
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

fn decode_all(tokens: &[String], kinds: &[Kind], alphabet: &[char; 256]) -> (Vec<u8>, Vec<usize>) {
    let byte_of: HashMap<char, u8> = alphabet.iter().copied().zip(0..=0xff).collect();
    let mut bytes = Vec::new();
    let mut ends = Vec::with_capacity(tokens.len());
    for (text, kind) in tokens.iter().zip(kinds) {
        match kind {
            Kind::Unused => {}
            Kind::Added | Kind::Special => bytes.extend(text.as_bytes()),
            Kind::Text => {
                let before = bytes.len();
                bytes.extend(text.chars().map_while(|c| byte_of.get(&c)));
                if bytes.len() - before < text.chars().count() {
                    // Not written in the alphabet: it stands for itself.
                    bytes.truncate(before);
                    bytes.extend(text.as_bytes());
                }
            }
        }
        ends.push(bytes.len());
    }
    (bytes, ends)
}
