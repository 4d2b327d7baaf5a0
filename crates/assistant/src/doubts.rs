//! Whether a summary fails its own checks.

use crate::{language, run::Written};
use protocol::{Doubt, EndReason};

/// What is wrong with a summary of `source` that was to have `asked` sentences; none if it may stand.
pub fn doubt(written: &Written, source: &str, asked: usize) -> Option<Doubt> {
    let supported = written.sentences.iter().filter(|sentence| sentence.passage.is_some()).count();
    let said = written.sentences.len() - usize::from(written.broken);
    if written.reason == EndReason::Repetition && 2 * said < asked {
        Some(Doubt::Repetition)
    } else if language::differs(&written.text, source) {
        Some(Doubt::Language)
    } else if written.sentences.is_empty() || 2 * supported < written.sentences.len() {
        Some(Doubt::Unsupported)
    } else {
        None
    }
}
