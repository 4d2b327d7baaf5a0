//! Keys and values.

use std::collections::HashMap;

/// A metadata value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Any of the file's unsigned or signed integers that is not negative.
    Uint(u64),
    /// A negative integer.
    Int(i64),
    /// f32 or f64.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// UTF-8 text (GGUF allows other bytes in tokens; they are an error elsewhere).
    String(String),
    /// An array of strings.
    Strings(Vec<String>),
    /// An array of integers.
    Ints(Vec<i64>),
    /// An array of floats.
    Floats(Vec<f32>),
}

/// The file's metadata.
#[derive(Clone, Debug, Default)]
pub struct Metadata(pub(crate) HashMap<String, Value>);
