//! Texts from the command line, and parts of them.

use anyhow::{Context, Result, bail};
use std::{
    fs,
    io::{Read, stdin},
    path::Path,
};

/// The text of the file `path`, or of stdin for `-`. A byte that belongs to no character becomes U+FFFD.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> Result<String> {
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        stdin().read_to_end(&mut bytes).context("stdin could not be read")?;
        bytes
    } else {
        fs::read(path).with_context(|| format!("the text {} could not be read", path.display()))?
    };
    Ok(text::text_from_bytes(&bytes))
}

/// Fails on a text without a letter or digit: there is nothing to do with it.
///
/// # Errors
/// A sentence that says so.
pub fn check_words(text: &str) -> Result<()> {
    if !text.chars().any(char::is_alphanumeric) {
        bail!("the text holds no words; give one that does");
    }
    Ok(())
}

/// The part of `text` from UTF-16 unit `start` to `end`, as the protocol counts; empty where there is no such part.
pub fn units(text: &str, start: u32, end: u32) -> &str {
    let byte_of = |wanted: u32| {
        let mut units = 0;
        for (at, c) in text.char_indices() {
            if units >= wanted {
                return at;
            }
            units += c.len_utf16() as u32;
        }
        text.len()
    };
    text.get(byte_of(start)..byte_of(end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_utf_16() {
        let text = "a😀é b";
        assert_eq!(units(text, 0, 1), "a");
        assert_eq!(units(text, 1, 3), "😀");
        assert_eq!(units(text, 3, 6), "é b");
        assert_eq!(units(text, 4, 99), " b");
        assert_eq!(units(text, 9, 4), "");
    }
}
