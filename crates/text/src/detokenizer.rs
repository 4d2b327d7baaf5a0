//! Token ids to text, without ever cutting a character.

use crate::Tokenizer;

/// Joins tokens' bytes into whole characters.
///
/// All text it gives, joined, is [`String::from_utf8_lossy`] of all the bytes: what can never become a character is
/// U+FFFD, what may still become one is kept back. Special tokens give no text, nor does the space that SentencePiece
/// puts before the first word.
#[derive(Clone, Debug, Default)]
pub struct Detokenizer {
    /// The beginning of a character, at most three bytes.
    tail: Vec<u8>,
    /// Whether the next token begins with a space that is none of the text's.
    hidden_space: bool,
}

impl Detokenizer {
    /// For the text that goes on after the token `last`.
    pub fn after(tokenizer: &Tokenizer, last: u32) -> Self {
        Self { tail: Vec::new(), hidden_space: tokenizer.hides_space_after(last) }
    }

    /// The text that is whole now that `id` has come; often one word, sometimes nothing.
    pub fn push(&mut self, tokenizer: &Tokenizer, id: u32) -> String {
        if tokenizer.is_special(id) {
            self.hidden_space |= tokenizer.hides_space_after(id);
            return String::new();
        }
        let bytes = tokenizer.token_bytes(id);
        let hidden_space = std::mem::take(&mut self.hidden_space);
        self.push_bytes(bytes.strip_prefix(b" ").filter(|_| hidden_space).unwrap_or(bytes))
    }

    /// What is left at the end: U+FFFD for a character that never became whole, else nothing.
    pub fn finish(&mut self) -> String {
        let rest = String::from_utf8_lossy(&self.tail).into_owned();
        self.tail.clear();
        rest
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> String {
        self.tail.extend(bytes);
        let mut text = String::new();
        let mut done = 0;
        for chunk in self.tail.utf8_chunks() {
            text.push_str(chunk.valid());
            done += chunk.valid().len();
            if is_unfinished(chunk.invalid()) && done + chunk.invalid().len() == self.tail.len() {
                break;
            }
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                done += chunk.invalid().len();
            }
        }
        self.tail.drain(..done);
        text
    }
}

/// Whether more bytes could make a character of these.
fn is_unfinished(bytes: &[u8]) -> bool {
    matches!(std::str::from_utf8(bytes), Err(error) if error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_in_any_pieces_are_their_lossy_text() {
        let mut random = gguf::testing::Random::new(7);
        let alphabet = b"a\x80\xbf\xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\x80\xf4\x90\xed\xa0\xff";
        for _ in 0..20_000 {
            let bytes: Vec<u8> =
                (0..random.below(12)).map(|_| alphabet[random.below(alphabet.len())]).collect();
            let mut detokenizer = Detokenizer::default();
            let mut text = String::new();
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let (front, back) = rest.split_at(1 + random.below(rest.len()));
                text += &detokenizer.push_bytes(front);
                assert!(detokenizer.tail.len() < 4);
                rest = back;
            }
            text += &detokenizer.finish();
            assert_eq!(text, String::from_utf8_lossy(&bytes), "{bytes:x?}");
        }
    }

    #[test]
    fn a_character_comes_when_it_is_whole() {
        let mut detokenizer = Detokenizer::default();
        assert_eq!(detokenizer.push_bytes(b"a\xf0\x9f"), "a");
        assert_eq!(detokenizer.push_bytes(b"\xa6"), "");
        assert_eq!(detokenizer.push_bytes(b"\x80!"), "🦀!");
        assert_eq!(detokenizer.push_bytes(b"\xe2\x82"), "");
        assert_eq!(detokenizer.finish(), "\u{fffd}");
        assert_eq!(detokenizer.finish(), "");
    }
}
