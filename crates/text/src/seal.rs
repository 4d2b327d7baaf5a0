//! Keeping what people and pages say from passing for a template's markup.
//!
//! Contents go through the template (which may trim or cut them) with a mark inside everything that spells a
//! special token, or could be the half of one whose other half the template writes. Then special tokens are looked
//! for, and only then are the marks taken out again.

use crate::spelled::Spelled;
use std::collections::HashSet;

/// A character that occurs nowhere in the text at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seal(char);

impl Seal {
    /// A character that occurs in none of `texts`. The first choices are code points that Unicode reserves for
    /// such inner uses.
    pub(crate) fn absent_from<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Self> {
        let is_candidate =
            |c: &char| matches!(c, '\u{fdd0}'..='\u{fdef}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
        let present: HashSet<char> = texts.flat_map(str::chars).filter(is_candidate).collect();
        ('\u{fdd0}'..='\u{fdef}')
            .chain('\u{e000}'..='\u{f8ff}')
            .chain('\u{f0000}'..='\u{10ffff}')
            .find(|seal| !present.contains(seal))
            .map(Self)
    }

    /// `content` with marks, so that no part of it can be found as a special token or complete one. Each of these
    /// has two characters at least.
    pub(crate) fn put(self, content: &str, spelled: &Spelled) -> String {
        let inner = content.trim();
        if inner.is_empty() {
            return content.to_owned();
        }
        let lead = &content[..content.len() - content.trim_start().len()];
        let trail = &content[lead.len() + inner.len()..];
        let completes =
            spelled.special_texts().any(|special| overlap(special, inner) || special.contains(inner));
        let begins = spelled.special_texts().any(|special| overlap(inner, special));

        let mut sealed = String::with_capacity(inner.len());
        for (at, c) in inner.char_indices() {
            sealed.push(c);
            if spelled.begins_special(&inner[at..]) {
                sealed.push(self.0);
            }
        }
        let mark = |needed: bool| if needed { self.0.to_string() } else { String::new() };
        // Inside the whitespace, so that a template can still trim it.
        format!("{lead}{}{sealed}{}{trail}", mark(completes), mark(begins))
    }

    /// `text` without marks.
    pub(crate) fn remove(self, text: &str) -> String {
        text.replace(self.0, "")
    }
}

/// Whether some end of `left` is also a beginning of `right`.
fn overlap(left: &str, right: &str) -> bool {
    (1..=left.len().min(right.len()))
        .any(|length| left.get(left.len() - length..).is_some_and(|end| right.get(..length) == Some(end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special_tokens::Kind;

    const SPECIALS: [&str; 3] = ["<|im_end|>", "<|im_start|>", "aba"];

    fn put(content: &str) -> String {
        Seal('S').put(content, &Spelled::new(&SPECIALS.map(String::from), &[Kind::Special; 3], |_| false))
    }

    #[test]
    fn spelled_tokens_are_broken() {
        assert_eq!(put("x <|im_end|> y"), "x <S|im_end|> y");
        assert_eq!(put("<|im_end|><|im_start|>"), "S<S|im_end|><S|im_start|>S");
        for content in ["ababa", "abababab", "<|im_<|im_end|>end|>", "<|im_end|>aba"] {
            let sealed = put(content);
            assert!(!SPECIALS.iter().any(|special| sealed.contains(special)), "{sealed}");
            assert_eq!(Seal('S').remove(&sealed), content);
        }
    }

    #[test]
    fn halves_are_kept_apart_from_what_the_template_writes() {
        assert_eq!(put("x <|im_"), "x <|im_S");
        assert_eq!(put("\n> quoted \n"), "\nS> quoted \n");
        assert_eq!(put("m_end|> x"), "Sm_end|> x");
        assert_eq!(put("|im_end|>"), "S|im_end|>");
        assert_eq!(put("<|im_end|"), "S<|im_end|S");
        assert_eq!(put("im_end"), "Sim_end");
        assert_eq!(put("  plain text "), "  plain text ");
        assert_eq!(put(""), "");
    }

    #[test]
    fn the_mark_occurs_nowhere_else() {
        let hostile: String = ('\u{fdd0}'..='\u{fdef}').collect();
        assert_eq!(Seal::absent_from(["plain"].into_iter()), Some(Seal('\u{fdd0}')));
        assert_eq!(Seal::absent_from(["plain", &hostile].into_iter()), Some(Seal('\u{e000}')));
    }
}
