//! Text to token ids.

use crate::{
    TextError,
    byte_level::ByteLevel,
    sentence_piece::SentencePiece,
    special_tokens::{self, Kind},
    spelled::{Piece, Spelled},
};
use gguf::Metadata;

/// Bytes of a token, at most: some of what is done with a text takes time for each of them. The longest of real vocabularies
/// are runs of some hundred spaces.
const MOST_BYTES: usize = 4096;

/// What becomes of text that spells a special token, `<|im_end|>` for instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Specials {
    /// It becomes that token. Only for text that one trusts.
    Parse,
    /// It stays text.
    Plain,
}

/// How plain text becomes ids.
enum Scheme {
    ByteLevel(Box<ByteLevel>),
    SentencePiece(Box<SentencePiece>),
}

/// A tokenizer, as a GGUF file's `tokenizer.ggml.*` describe it.
///
/// Ids are those of llama.cpp. `tokenizer.ggml.model` is `gpt2` (byte-level BPE, with the ways of cutting text into words
/// that `pre_tokenizers.rs` lists) or `llama` (SentencePiece's BPE).
pub struct Tokenizer {
    scheme: Scheme,
    spelled: Spelled,
    kinds: Vec<Kind>,
    /// What the tokens stand for, one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<usize>,
    stops: Vec<u32>,
    /// Whether text that no other text stands before is read as if a space did.
    space_before: bool,
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
        if !["gpt2", "llama"].contains(&model) {
            return Err(TextError::UnsupportedTokenizer(model.into()));
        }
        let tokens = metadata.strings("tokenizer.ggml.tokens")?;
        if tokens.is_empty() {
            return Err(TextError::BadTokenizer("there are no tokens".into()));
        }
        if let Some(id) = tokens.iter().position(|token| token.len() > MOST_BYTES) {
            return Err(TextError::BadTokenizer(format!("token {id} is longer than {MOST_BYTES} bytes")));
        }
        let (kinds, stops) = special_tokens::kinds(metadata, tokens)?;
        let (scheme, add_bos) = if model == "llama" {
            (Scheme::SentencePiece(SentencePiece::new(metadata, tokens, &kinds)?.into()), true)
        } else {
            let way = ByteLevel::way(metadata)?;
            (Scheme::ByteLevel(ByteLevel::new(metadata, &way, tokens, &kinds)?.into()), way.add_bos)
        };
        let (bos, eos) = special_tokens::bos_and_eos(metadata, tokens.len())?;
        let add_bos = metadata.opt_bool("tokenizer.ggml.add_bos_token")?.unwrap_or(add_bos);
        let add_eos = metadata.opt_bool("tokenizer.ggml.add_eos_token")?.unwrap_or(false);
        if add_bos && bos.is_none() || add_eos && eos.is_none() {
            return Err(TextError::BadTokenizer(
                "a token should be added to each text, but none is named".into(),
            ));
        }
        // llama.cpp heeds the key for SentencePiece alone.
        let space_before = matches!(scheme, Scheme::SentencePiece(_))
            && metadata.opt_bool("tokenizer.ggml.add_space_prefix")?.unwrap_or(true);
        let (bytes, ends) = decode_all(tokens, &kinds, &scheme);
        Ok(Self {
            scheme,
            spelled: Spelled::new(tokens, &kinds, special_tokens::swallowers(metadata)?),
            kinds,
            bytes,
            ends,
            stops,
            space_before,
            bos,
            eos,
            add_bos,
            add_eos,
        })
    }

    /// The ids of `text`, without BOS and EOS. Bytes that the vocabulary has no token for are left out.
    pub fn encode(&self, text: &str, specials: Specials) -> Vec<u32> {
        let mut encoding = Encoding::new(self);
        encoding.push_text(text, specials);
        encoding.ids
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

    /// Whether the first word after `id` has a space in front that no text has.
    pub(crate) fn hides_space_after(&self, id: u32) -> bool {
        self.space_before && self.is_special(id)
    }

    pub(crate) fn spelled(&self) -> &Spelled {
        &self.spelled
    }
}

/// Ids in the making, of texts and tokens that follow each other.
pub(crate) struct Encoding<'t> {
    tokenizer: &'t Tokenizer,
    pub(crate) ids: Vec<u32>,
    /// Whether a token came last, or nothing yet.
    after_token: bool,
}

impl<'t> Encoding<'t> {
    pub(crate) fn new(tokenizer: &'t Tokenizer) -> Self {
        Self { tokenizer, ids: Vec::new(), after_token: true }
    }

    pub(crate) fn push_token(&mut self, id: u32) {
        self.ids.push(id);
        self.after_token = true;
    }

    pub(crate) fn push_text(&mut self, text: &str, specials: Specials) {
        for piece in self.tokenizer.spelled.cut(text, specials == Specials::Parse) {
            match piece {
                Piece::Token(id) => self.push_token(id),
                Piece::Text(text) => self.push_plain(text),
            }
        }
    }

    fn push_plain(&mut self, text: &str) {
        match &self.tokenizer.scheme {
            Scheme::ByteLevel(scheme) => scheme.encode(text, &mut self.ids),
            Scheme::SentencePiece(scheme) if self.after_token && self.tokenizer.space_before => {
                scheme.encode(&format!(" {text}"), &mut self.ids);
            }
            Scheme::SentencePiece(scheme) => scheme.encode(text, &mut self.ids),
        }
        self.after_token = false;
    }
}

fn decode_all(tokens: &[String], kinds: &[Kind], scheme: &Scheme) -> (Vec<u8>, Vec<usize>) {
    let mut bytes = Vec::new();
    let mut ends = Vec::with_capacity(tokens.len());
    for (text, kind) in tokens.iter().zip(kinds) {
        match (kind, scheme) {
            (Kind::Unused, _) => {}
            (Kind::Added | Kind::Special, _) => bytes.extend(text.as_bytes()),
            (Kind::Byte(byte), _) => bytes.push(*byte),
            (Kind::Text, Scheme::ByteLevel(scheme)) => scheme.decode(text, &mut bytes),
            (Kind::Text, Scheme::SentencePiece(scheme)) => scheme.decode(text, &mut bytes),
        }
        ends.push(bytes.len());
    }
    (bytes, ends)
}
