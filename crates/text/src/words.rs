//! Cutting text into words: tokens never reach across the ends of one. Also called pre-tokenization.
//!
//! The usual way to write the rules down is a regular expression that ends in `\s+(?!\S)|\s+`: of several spaces
//! before something else, the last goes with what follows. Here the lookahead is a rule of its own, so that matching
//! takes linear time whatever the text.

use crate::pre_tokenizers::PreTokenizer;
use regex::Regex;

/// A way of cutting, ready to use.
pub(crate) struct Words {
    passes: Vec<Regex>,
    newlines_stay: bool,
}

impl Words {
    pub(crate) fn new(way: &PreTokenizer) -> Self {
        // llama.cpp's tables are of Unicode 15.1: what came later is of no class to it.
        let regex = |pattern: &&str| {
            let pattern = ["L", "M", "N", "P", "S"].iter().fold(pattern.to_string(), |pattern, class| {
                pattern.replace(&format!(r"\p{{{class}}}"), &format!(r"[\p{{{class}}}&&\p{{age:15.1}}]"))
            });
            Regex::new(&pattern).expect("the patterns are constants, and tested")
        };
        Self { passes: way.passes.iter().map(regex).collect(), newlines_stay: way.newlines_stay }
    }

    /// Calls `each` with the words of `text` in order; joined they are `text`.
    pub(crate) fn cut<'t>(&self, text: &'t str, mut each: impl FnMut(&'t str)) {
        self.cut_by(&self.passes, text, &mut each);
    }

    /// Cuts `text` by the first of `passes`, and every piece by the others.
    fn cut_by<'t>(&self, passes: &[Regex], text: &'t str, each: &mut dyn FnMut(&'t str)) {
        let Some((pass, passes)) = passes.split_first() else { return each(text) };
        let mut at = 0;
        while let Some(found) = pass.find_at(text, at) {
            let left = if found.end() < text.len() { self.left_for_next(found.as_str()) } else { 0 };
            if at < found.start() {
                self.cut_by(passes, &text[at..found.start()], each);
            }
            at = found.end() - left;
            self.cut_by(passes, &text[found.start()..at], each);
        }
        if at < text.len() {
            self.cut_by(passes, &text[at..], each);
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
    use crate::pre_tokenizers;

    fn cut(pre: &str, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        Words::new(&pre_tokenizers::find(pre).unwrap()).cut(text, |word| words.push(word.into()));
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
        assert_eq!(cut("falcon", "in 12345"), ["in", " ", "123", "45"]);
        assert_eq!(cut("deepseek-v3", "in 12345"), ["in", " ", "123", "45"]);
    }

    #[test]
    fn words_are_cut_as_the_vocabulary_wants() {
        assert_eq!(cut("tekken", "camelCase's"), ["camel", "Case", "'s"]);
        assert_eq!(cut("gpt-4o", "camelCase's"), ["camel", "Case's"]);
        assert_eq!(cut("qwen2", "e\u{301}a"), ["e", "\u{301}a"]);
        assert_eq!(cut("qwen35", "e\u{301}a"), ["e\u{301}a"]);
        assert_eq!(cut("deepseek-llm", "a\nb 中文!"), ["a", "\n", "b", " ", "中文", "!"]);
        assert_eq!(cut("viking", "Hei, sinä 12!"), ["Hei", ",", " sinä", " ", "1", "2", "!"]);
    }

    #[test]
    fn letters_are_those_of_unicode_15_1() {
        // A letter of 15.0, and one of 16.0.
        assert_eq!(cut("gpt-2", "a\u{11f02}a"), ["a\u{11f02}a"]);
        assert_eq!(cut("gpt-2", "a\u{1c89}a"), ["a", "\u{1c89}", "a"]);
    }

    #[test]
    fn a_long_run_takes_linear_time() {
        for pre in pre_tokenizers::names() {
            for run in [" ", "a", "A", "7", "!", "\n", "\r\n ", "é ", "中", "$a", "a\u{301}"] {
                let long = format!("{}x", run.repeat(1 << 15));
                assert_eq!(cut(pre, &long).concat(), long, "{pre}");
            }
        }
        let spaces = format!("{}x", " ".repeat(4 << 20));
        assert_eq!(cut("gpt-2", &spaces), [&spaces[1..spaces.len() - 1], " x"]);
    }
}
