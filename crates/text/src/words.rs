//! Cutting text into words: tokens never reach across the ends of one. Also called pre-tokenization.
//!
//! Each vocabulary was trained with its own way of cutting, which `tokenizer.ggml.pre` names. The usual way to write
//! them down is a regular expression that ends in `\s+(?!\S)|\s+`: of several spaces before something else,
//! the last goes with what follows. Here the lookahead is a rule of its own, so that matching takes linear time
//! whatever the text.

use regex::Regex;

/// GPT-2's words.
const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+";
/// Llama 3's: any one character may begin a word, numbers come in threes, newlines stay together.
const LLAMA3: &str = concat!(
    r"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}",
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+",
);
/// Qwen 2's: as Llama 3's, but each digit stands alone.
const QWEN2: &str = concat!(
    r"'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}",
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+",
);

/// One way of cutting.
pub(crate) struct Words {
    /// Cut out first, each match a word of its own.
    isolated: Option<Regex>,
    words: Regex,
    /// Whether a run of whitespace that ends in a newline is a word as it is.
    newlines_stay: bool,
}

impl Words {
    /// The way that `tokenizer.ggml.pre` names, if it is implemented.
    pub(crate) fn of(pre: &str) -> Option<Self> {
        let (isolated, words, newlines_stay) = match pre {
            "smollm" => (Some(r"\p{N}"), GPT2, false),
            "gpt-2" => (None, GPT2, false),
            "llama-bpe" | "llama3" | "llama-v3" => (None, LLAMA3, true),
            "qwen2" => (None, QWEN2, true),
            _ => return None,
        };
        // llama.cpp's tables are of Unicode 15.1: what came later is neither letter nor number to it.
        let regex = |pattern: &str| {
            let pattern = pattern
                .replace(r"\p{L}", r"[\p{L}&&\p{age:15.1}]")
                .replace(r"\p{N}", r"[\p{N}&&\p{age:15.1}]");
            Regex::new(&pattern).expect("the patterns are constants, and tested")
        };
        Some(Self { isolated: isolated.map(regex), words: regex(words), newlines_stay })
    }

    /// Calls `each` with the words of `text` in order; joined they are `text`.
    pub(crate) fn cut<'t>(&self, text: &'t str, mut each: impl FnMut(&'t str)) {
        let mut at = 0;
        if let Some(isolated) = &self.isolated {
            for found in isolated.find_iter(text) {
                self.cut_section(&text[at..found.start()], &mut each);
                each(found.as_str());
                at = found.end();
            }
        }
        self.cut_section(&text[at..], &mut each);
    }

    fn cut_section<'t>(&self, text: &'t str, each: &mut impl FnMut(&'t str)) {
        let mut at = 0;
        while let Some(found) = self.words.find_at(text, at) {
            let word = &text[at..found.end()];
            let end =
                if found.end() < text.len() { found.end() - self.left_for_next(word) } else { text.len() };
            each(&text[at..end]);
            at = end;
        }
        if at < text.len() {
            each(&text[at..]);
        }
    }

    /// Bytes at the end of `word` that go with what follows: the last of several whitespace characters.
    fn left_for_next(&self, word: &str) -> usize {
        let mut backwards = word.chars().rev();
        let last = backwards.next().filter(|c| c.is_whitespace());
        let newline = matches!(last, Some('\r' | '\n'));
        match (last, backwards.next()) {
            (Some(last), Some(before)) if before.is_whitespace() && !(newline && self.newlines_stay) => {
                last.len_utf8()
            }
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pre: &str, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        Words::of(pre).unwrap().cut(text, |word| words.push(word.into()));
        words
    }

    #[test]
    fn the_last_space_goes_with_what_follows() {
        assert_eq!(cut("gpt-2", "a   b\n\nc  "), ["a", "  ", " b", "\n", "\n", "c", "  "]);
        assert_eq!(
            cut("llama-bpe", "a   b\n\nc \n d\t\te"),
            ["a", "  ", " b", "\n\n", "c", " \n", " d", "\t", "\te"]
        );
    }

    #[test]
    fn digits_are_cut_as_the_vocabulary_wants() {
        assert_eq!(cut("gpt-2", "in 12345 days"), ["in", " 12345", " days"]);
        assert_eq!(cut("smollm", "in 123 days"), ["in", " ", "1", "2", "3", " days"]);
        assert_eq!(cut("llama-bpe", "in 12345 days"), ["in", " ", "123", "45", " days"]);
        assert_eq!(cut("qwen2", "in 123 days"), ["in", " ", "1", "2", "3", " days"]);
    }

    #[test]
    fn letters_are_those_of_unicode_15_1() {
        // A letter of 15.0, and one of 16.0.
        assert_eq!(cut("gpt-2", "a\u{11f02}a"), ["a\u{11f02}a"]);
        assert_eq!(cut("gpt-2", "a\u{1c89}a"), ["a", "\u{1c89}", "a"]);
    }

    #[test]
    fn a_long_run_takes_linear_time() {
        for pre in ["gpt-2", "smollm", "llama-bpe", "qwen2"] {
            let spaces = format!("{}x", " ".repeat(4 << 20));
            assert_eq!(cut(pre, &spaces), [&spaces[1..spaces.len() - 1], " x"], "{pre}");
        }
    }
}
