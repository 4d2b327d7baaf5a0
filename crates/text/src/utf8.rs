//! Bytes of unknown origin to text.

/// `bytes` as text; each byte that is no part of a character becomes one U+FFFD, as in llama.cpp (where
/// [`String::from_utf8_lossy`] would make a cut-short character of several bytes one).
pub fn text_from_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}
