//! Making model files: from weights in one format to weights in another.

pub mod hugging_face;
pub mod importance;
pub mod recipe;
pub mod report;
pub mod vocabulary;
pub mod weights;
pub mod write;
