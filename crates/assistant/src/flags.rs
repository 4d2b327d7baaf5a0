//! Facts in generated text that its source lacks.

use crate::{citations::Index, protected::spans, units::units_in, words::words};
use protocol::{Flag, FlagKind};
use std::ops::Range;

/// Numbers, dates, addresses and names in `text[sentence]` that `source` does not hold. `base` is the UTF-16
/// offset of the sentence in the generated text.
///
/// A number counts as held if its digits stand in the source, in digits or in words; a date or name, if each of its
/// words does. So an invented combination of known words passes: this is a hint, not a proof.
pub fn flags(text: &str, sentence: Range<usize>, base: u32, source: &Index<'_>) -> Vec<Flag> {
    let body = &text[sentence];
    spans(body)
        .into_iter()
        .filter(|span| !matches!(span.kind, FlagKind::Code | FlagKind::Quote))
        .filter(|span| !words(&body[span.range.clone()]).filter(|w| !w.stop).all(|w| source.holds(&w.key)))
        .map(|span| {
            let text = &body[span.range.clone()];
            let start = base + units_in(&body[..span.range.start]);
            Flag { start, end: start + units_in(text), kind: span.kind, text: text.to_owned() }
        })
        .collect()
}
