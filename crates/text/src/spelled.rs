//! Finding the tokens that text spells whole.

use crate::special_tokens::Kind;
use std::{cmp::Reverse, collections::BinaryHeap};

/// The tokens that are found before text is tokenised: special ones, and those that a vocabulary's users added.
pub(crate) struct Spelled {
    /// By text, so that those that begin alike lie together.
    tokens: Vec<Token>,
    /// Whether any token begins with a byte.
    begins: [bool; 256],
}

struct Token {
    text: String,
    id: u32,
    special: bool,
    swallows: bool,
}

/// A piece of text.
pub(crate) enum Piece<'t> {
    /// Spells a token.
    Token(u32),
    /// Does not.
    Text(&'t str),
}

impl Spelled {
    /// `swallows` tells the tokens that take the whitespace after them along.
    pub(crate) fn new(tokens: &[String], kinds: &[Kind], swallows: impl Fn(&str) -> bool) -> Self {
        let mut tokens: Vec<Token> = (0..)
            .zip(tokens.iter().zip(kinds))
            .filter(|(_, (text, kind))| matches!(kind, Kind::Added | Kind::Special) && !text.is_empty())
            .map(|(id, (text, kind))| Token {
                text: text.clone(),
                id,
                special: *kind == Kind::Special,
                swallows: swallows(text),
            })
            .collect();
        tokens.sort_unstable_by(|a, b| a.text.cmp(&b.text));
        let mut begins = [false; 256];
        for token in &tokens {
            begins[usize::from(token.text.as_bytes()[0])] = true;
        }
        Self { tokens, begins }
    }

    /// What special tokens look like.
    pub(crate) fn special_texts(&self) -> impl Iterator<Item = &str> + Clone {
        self.tokens.iter().filter(|token| token.special).map(|token| token.text.as_str())
    }

    /// Whether `text` begins with a special token.
    pub(crate) fn begins_special(&self, text: &str) -> bool {
        self.beginning(text.as_bytes()).any(|token| token.special)
    }

    /// Cuts `text` at the tokens it spells; special ones count only if `specials`.
    ///
    /// Longer tokens are found first, then those of lower ids, then those further left. So does llama.cpp, one token
    /// after the other; here a heap holds the best that each place has to offer, for vocabularies have thousands of them.
    pub(crate) fn cut<'t>(&self, text: &'t str, specials: bool) -> Vec<Piece<'t>> {
        let bytes = text.as_bytes();
        let best = |start: usize, end: usize| {
            let tokens = self.beginning(&bytes[start..end]).filter(|token| specials || !token.special);
            tokens.last().map(|token| (token.text.len(), Reverse(token.id), Reverse(start), token.swallows))
        };
        let mut places: BinaryHeap<_> =
            (0..bytes.len()).filter_map(|start| best(start, bytes.len())).collect();
        let mut taken = if places.is_empty() { Vec::new() } else { vec![false; bytes.len()] };
        let mut found = Vec::new();
        while let Some((length, Reverse(id), Reverse(start), swallows)) = places.pop() {
            let mut end = start + length;
            match taken[start..end].iter().position(|taken| *taken) {
                None => {
                    while swallows && end < bytes.len() && !taken[end] && is_space(bytes[end]) {
                        end += 1;
                    }
                    taken[start..end].fill(true);
                    found.push((start, end, id));
                }
                Some(free) => places.extend(best(start, start + free)),
            }
        }
        found.sort_unstable();

        let mut pieces = Vec::with_capacity(2 * found.len() + 1);
        let mut at = 0;
        for (start, end, id) in found {
            if at < start {
                pieces.push(Piece::Text(&text[at..start]));
            }
            pieces.push(Piece::Token(id));
            at = end;
        }
        if at < text.len() {
            pieces.push(Piece::Text(&text[at..]));
        }
        pieces
    }

    /// The tokens that `text` begins with, shortest first.
    fn beginning<'s>(&'s self, text: &'s [u8]) -> impl Iterator<Item = &'s Token> {
        let any = text.first().is_some_and(|byte| self.begins[usize::from(*byte)]);
        let mut alike = if any { self.tokens.as_slice() } else { &[] };
        text.iter()
            .enumerate()
            .map_while(move |(at, byte)| {
                let next = |token: &Token| token.text.as_bytes().get(at).copied();
                let start = alike.partition_point(|token| next(token) < Some(*byte));
                alike = &alike[start..];
                alike = &alike[..alike.partition_point(|token| next(token) == Some(*byte))];
                alike.first().map(|token| (token.text.len() == at + 1).then_some(token))
            })
            .flatten()
    }
}

/// What C calls whitespace.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(tokens: &[&str], text: &str) -> Vec<String> {
        let tokens: Vec<String> = tokens.iter().map(|text| (*text).into()).collect();
        let spelled = Spelled::new(&tokens, &vec![Kind::Added; tokens.len()], |text| text == "ss");
        let pieces = spelled.cut(text, false).into_iter();
        pieces
            .map(|piece| match piece {
                Piece::Token(id) => format!("<{}>", tokens[id as usize]),
                Piece::Text(text) => text.into(),
            })
            .collect()
    }

    #[test]
    fn longer_tokens_go_before_shorter_ones() {
        assert_eq!(cut(&["ab", "bcd"], "abcd ab"), ["a", "<bcd>", " ", "<ab>"]);
        assert_eq!(cut(&["a", "aa", "aaa"], "aaaaaaaa"), ["<aaa>", "<aaa>", "<aa>"]);
        assert_eq!(cut(&["bc", "ab"], "abc"), ["a", "<bc>"]);
        assert_eq!(cut(&["ab", "cde", "bc"], "abcde"), ["<ab>", "<cde>"]);
        assert_eq!(cut(&["ab", "abcd", "defgh"], "abcdefgh"), ["<ab>", "c", "<defgh>"]);
        assert_eq!(cut(&["é", "è"], "aéè"), ["a", "<é>", "<è>"]);
        assert!(cut(&["a"], "").is_empty());
    }

    #[test]
    fn some_swallow_whitespace() {
        assert_eq!(cut(&["ss"], "ss \n a ss\t"), ["<ss>", "a ", "<ss>"]);
        // The longer one was there first.
        assert_eq!(cut(&["ss", "  \n"], "ss   \na"), ["<ss>", "<  \n>", "a"]);
    }

    /// The definition, taken literally.
    fn one_after_the_other(tokens: &[&str], text: &str) -> Vec<String> {
        let mut order: Vec<&str> = tokens.to_vec();
        order.sort_by_key(|token| Reverse(token.len()));
        let mut pieces = vec![text.to_string()];
        for token in order {
            let cut = |piece: String| -> Vec<String> {
                if piece.starts_with('<') {
                    return vec![piece];
                }
                let name = format!("<{token}>");
                let parts = piece.split(token).flat_map(|part| [name.clone(), part.to_string()]).skip(1);
                parts.filter(|part| !part.is_empty()).collect()
            };
            pieces = pieces.into_iter().flat_map(cut).collect();
        }
        pieces
    }

    #[test]
    fn the_heap_finds_what_one_pass_for_each_token_does() {
        let mut random = gguf::testing::Random::new(11);
        for _ in 0..3000 {
            let mut word = |most: usize| -> String {
                (0..1 + random.below(most)).map(|_| ["a", "b", "é"][random.below(3)]).collect()
            };
            let mut words: Vec<String> = (0..6).map(|_| word(4)).collect();
            words.sort();
            words.dedup();
            let tokens: Vec<&str> = words.iter().map(String::as_str).collect();
            let text = word(30);
            assert_eq!(cut(&tokens, &text), one_after_the_other(&tokens, &text), "{tokens:?} in {text}");
        }
    }

    #[test]
    fn thousands_of_tokens_cost_little() {
        let tokens: Vec<String> = (0..6000).map(|id| format!("<unused{id}>")).collect();
        let text = tokens.concat().repeat(4);
        let spelled = Spelled::new(&tokens, &vec![Kind::Special; tokens.len()], |_| false);
        assert_eq!(spelled.cut(&text, true).len(), 24_000);
        assert_eq!(spelled.cut(&text, false).len(), 1);
    }
}
