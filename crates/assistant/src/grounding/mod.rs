//! What a generated sentence rests on: the passage that supports it (`citations`), and the facts in it that the source lacks (`flags`).
//!
//! Both compare texts by `terms`, which know `numbers` in words, `quantities` with their units, `dates`, and what means the same in
//! five languages (`lexicon`). A passage that has most of a sentence's terms may still say otherwise: `comparison` asks
//! that of its `figures`, `names`, `roles` and of `denial`, by `clauses`. Of what a small model wrote only `copies`
//! are linked: sentences whose words lie on a passage's (`alignment`).

mod alignment;
pub mod citations;
mod clauses;
mod comparison;
pub mod copies;
mod dates;
mod denial;
mod figures;
pub mod flags;
mod lexicon;
mod limits;
mod names;
pub mod numbers;
mod quantities;
mod roles;
pub mod terms;
