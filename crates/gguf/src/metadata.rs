//! Keys and values.

use crate::GgufError;
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
    /// UTF-8 text. A file with other bytes in a string is refused as damaged.
    String(String),
    /// An array of strings.
    Strings(Vec<String>),
    /// An array of integers.
    Ints(Vec<i64>),
    /// An array of floats.
    Floats(Vec<f32>),
    /// An array of truth values.
    Bools(Vec<bool>),
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Uint(value.into())
    }
}

impl From<f32> for Value {
    fn from(value: f32) -> Self {
        Self::Float(value.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.into())
    }
}

/// The file's metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata(pub(crate) HashMap<String, Value>);

impl<K: Into<String>> FromIterator<(K, Value)> for Metadata {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

/// Writes the pair of getters for one type: `name` fails where the key is absent, `opt_name` gives `None`.
macro_rules! getters {
    ($name:ident, $opt_name:ident, $type:ty, $expected:literal, $pattern:pat => $value:expr) => {
        #[doc = concat!("The key's value, ", $expected, ".")]
        ///
        /// # Errors
        /// [`GgufError::MissingKey`]; [`GgufError::WrongType`] where the value is something else.
        pub fn $name(&self, key: &str) -> Result<$type, GgufError> {
            self.$opt_name(key)?.ok_or_else(|| GgufError::MissingKey(key.into()))
        }

        #[doc = concat!("The key's value, ", $expected, ", if the file has the key.")]
        ///
        /// # Errors
        /// [`GgufError::WrongType`] where the value is something else.
        pub fn $opt_name(&self, key: &str) -> Result<Option<$type>, GgufError> {
            let value = match self.0.get(key) {
                None => return Ok(None),
                Some($pattern) => $value,
                Some(_) => None,
            };
            value.map(Some).ok_or_else(|| GgufError::WrongType { key: key.into(), expected: $expected })
        }
    };
}

impl Metadata {
    getters!(str, opt_str, &str, "a string", Value::String(value) => Some(value.as_str()));
    getters!(u32, opt_u32, u32, "an unsigned 32-bit integer", Value::Uint(value) => u32::try_from(*value).ok());
    getters!(f32, opt_f32, f32, "a float", Value::Float(value) => Some(*value as f32));
    getters!(bool, opt_bool, bool, "a truth value", Value::Bool(value) => Some(*value));
    getters!(strings, opt_strings, &[String], "an array of strings", Value::Strings(value) => Some(value.as_slice()));
    getters!(ints, opt_ints, &[i64], "an array of integers", Value::Ints(value) => Some(value.as_slice()));
    getters!(floats, opt_floats, &[f32], "an array of floats", Value::Floats(value) => Some(value.as_slice()));
    getters!(bools, opt_bools, &[bool], "an array of truth values", Value::Bools(value) => Some(value.as_slice()));

    /// The key's value, whatever its type.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// Sets a key, replacing what it had.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(key.into(), value.into());
    }

    /// Every key and value, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        let mut pairs: Vec<_> = self.0.iter().map(|(key, value)| (key.as_str(), value)).collect();
        pairs.sort_unstable_by_key(|(key, _)| *key);
        pairs.into_iter()
    }
}
