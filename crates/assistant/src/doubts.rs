//! Whether a summary fails its own checks.

use crate::{language, run::Written};
use protocol::{Doubt, EndReason};

/// What is wrong with a summary of `source` that was to have `asked` sentences; none if it may stand. Where the user wants it in another
/// language than the source's, passages cannot be found by words, and that nothing supports it is no reason. What the user stopped stands.
pub fn doubt(written: &Written, source: &str, asked: usize, is_translation: bool) -> Option<Doubt> {
    if written.reason == EndReason::Cancelled {
        return None;
    }
    let said = written.sentences.len() - usize::from(written.broken);
    if written.reason == EndReason::Repetition && 2 * said < asked {
        Some(Doubt::Repetition)
    } else if is_translation && !written.sentences.is_empty() {
        None
    } else if language::differs(&written.text, source) {
        Some(Doubt::Language)
    } else if written.sentences.is_empty() || 2 * written.near < written.sentences.len() {
        Some(Doubt::Unsupported)
    } else {
        None
    }
}
