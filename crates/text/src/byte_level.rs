//! The byte-level alphabet of GPT-2: each byte is written as one visible character, so that vocabularies are text.
//!
//! Bytes that are visible characters of Latin-1 stand for themselves; the other 68 are U+0100 and onwards, in
//! order.

/// The character that stands for `byte`.
pub(crate) fn char_of(byte: u8) -> char {
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
