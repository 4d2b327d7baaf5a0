//! Token ids to text, without ever cutting a character.

/// Joins tokens' bytes into whole characters.
pub struct Detokenizer;
