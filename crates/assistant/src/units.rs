//! Byte offsets to UTF-16 offsets.

/// Every how many bytes a count is kept.
const STEP: usize = 64;

/// Answers "how many UTF-16 code units stand before this byte?" in constant time after one pass over the text.
#[derive(Clone, Debug)]
pub struct Units<'a> {
    text: &'a str,
    /// `counts[i]` units stand before the first character that begins at byte `i * STEP` or later.
    counts: Vec<(usize, u32)>,
}

impl<'a> Units<'a> {
    /// Counts `text` through. O(bytes).
    pub fn new(text: &'a str) -> Self {
        let mut counts = Vec::with_capacity(text.len() / STEP + 1);
        let mut units = 0;
        for (byte, character) in text.char_indices() {
            if byte >= counts.len() * STEP {
                counts.push((byte, units));
            }
            units += character.len_utf16() as u32;
        }
        Self { text, counts }
    }

    /// Units before `byte`, which is rounded down to the start of a character; past the end it counts everything.
    pub fn at(&self, byte: usize) -> u32 {
        let byte = self.text.floor_char_boundary(byte);
        let Some(&(mut start, mut units)) =
            self.counts.get((byte / STEP).min(self.counts.len().saturating_sub(1)))
        else {
            return 0;
        };
        if start > byte {
            // The character that holds this step's first byte began before it.
            (start, units) = self.counts[byte / STEP - 1];
        }
        units + units_in(&self.text[start..byte])
    }
}

/// Length of `text` in UTF-16 code units. O(bytes).
pub fn units_in(text: &str) -> u32 {
    text.chars().map(|c| c.len_utf16() as u32).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_encode_utf16_at_every_character() {
        let text = "aé😀漢字👩‍👩‍👧 naïve ".repeat(20);
        let units = Units::new(&text);
        for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
            assert_eq!(units.at(byte) as usize, text[..byte].encode_utf16().count(), "at byte {byte}");
        }
    }

    #[test]
    fn bounds_are_no_trap() {
        assert_eq!(Units::new("").at(0), 0);
        assert_eq!(Units::new("").at(9), 0);
        assert_eq!(Units::new("😀").at(2), 0);
        assert_eq!(Units::new("😀").at(99), 2);
    }
}
