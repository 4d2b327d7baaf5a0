//! An architecture's own metadata keys.

use crate::ModelError;
use gguf::{GgufError, Header, Metadata, Value};

/// What no size of a model reaches: so that products of two have room.
const MOST: u32 = 1 << 24;
/// Most values of all heads together: three times as many do not overflow 32 bits.
const MAX_WIDTH: usize = 1 << 24;

/// The metadata under `<architecture>.`.
pub(crate) struct Keys<'a> {
    pub(crate) metadata: &'a Metadata,
    architecture: &'a str,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(metadata: &'a Metadata) -> Result<Self, GgufError> {
        Ok(Self { metadata, architecture: metadata.str("general.architecture")? })
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.architecture)
    }

    pub(crate) fn size(&self, key: &str) -> Result<usize, GgufError> {
        self.opt_size(key)?.ok_or_else(|| GgufError::MissingKey(self.key(key)))
    }

    pub(crate) fn opt_size(&self, key: &str) -> Result<Option<usize>, GgufError> {
        let key = self.key(key);
        match self.metadata.opt_u32(&key)? {
            Some(size) if size >= MOST => Err(GgufError::WrongType { key, expected: "a size below 2^24" }),
            size => Ok(size.map(|size| size as usize)),
        }
    }

    pub(crate) fn float(&self, key: &str) -> Result<f32, GgufError> {
        self.metadata.f32(&self.key(key))
    }

    pub(crate) fn opt_float(&self, key: &str) -> Result<Option<f32>, GgufError> {
        self.metadata.opt_f32(&self.key(key))
    }

    pub(crate) fn opt_str(&self, key: &str) -> Result<Option<&'a str>, GgufError> {
        self.metadata.opt_str(&self.key(key))
    }

    pub(crate) fn opt_bool(&self, key: &str) -> Result<Option<bool>, GgufError> {
        self.metadata.opt_bool(&self.key(key))
    }

    pub(crate) fn sizes(&self, key: &str) -> Result<Vec<usize>, ModelError> {
        let size = |&n: &i64| u32::try_from(n).ok().filter(|&size| size < MOST).map(|size| size as usize);
        let sizes = self.metadata.ints(&self.key(key))?.iter().map(size);
        sizes.collect::<Option<_>>().ok_or_else(|| ModelError::BadConfig(format!("an absurd {key}")))
    }

    /// Fails where the file asks for something that this architecture's program would leave out; 0 asks for nothing.
    pub(crate) fn refuse(&self, key: &str, feature: &str) -> Result<(), ModelError> {
        match self.metadata.get(&self.key(key)) {
            None | Some(Value::Uint(0)) => Ok(()),
            Some(_) => Err(ModelError::UnsupportedFeature(feature.into())),
        }
    }
}

/// The numbers that every decoder has. Letters as in `ops`.
pub(crate) struct Sizes {
    pub(crate) layers: usize,     // blocks
    pub(crate) dim: usize,        // D
    pub(crate) heads: usize,      // H
    pub(crate) kv_heads: usize,   // K
    pub(crate) head_dim: usize,   // E
    pub(crate) vocabulary: usize, // V
    pub(crate) context: usize,    // positions trained for
}

impl Sizes {
    pub(crate) fn from_gguf(header: &Header, keys: &Keys<'_>) -> Result<Self, ModelError> {
        let heads = keys.size("attention.head_count")?;
        let kv_heads = keys.opt_size("attention.head_count_kv")?.unwrap_or(heads);
        Self::with_kv_heads(header, keys, kv_heads)
    }

    /// The same where the file does not give one number of kv heads for all layers.
    pub(crate) fn with_kv_heads(
        header: &Header,
        keys: &Keys<'_>,
        kv_heads: usize,
    ) -> Result<Self, ModelError> {
        let dim = keys.size("embedding_length")?;
        let heads = keys.size("attention.head_count")?;
        if heads == 0 || dim == 0 {
            return Err(ModelError::BadConfig(format!("{heads} heads in {dim} dimensions")));
        }
        let head_dim = keys.opt_size("attention.key_length")?.unwrap_or(dim / heads);
        if keys.opt_size("attention.value_length")?.is_some_and(|v| v != head_dim) {
            return Err(ModelError::UnsupportedFeature("values of another width than keys".into()));
        }
        if heads.max(kv_heads).saturating_mul(head_dim) > MAX_WIDTH {
            return Err(ModelError::BadConfig(format!("{heads} and {kv_heads} heads of {head_dim} values")));
        }
        let context = keys.size("context_length")?;
        if context == 0 {
            return Err(ModelError::BadConfig("a context of 0 tokens".into()));
        }
        let embedding = header.tensor("token_embd.weight");
        let embedding = embedding.ok_or_else(|| ModelError::MissingTensor("token_embd.weight".into()))?;
        Ok(Self {
            layers: keys.size("block_count")?,
            dim,
            heads,
            kv_heads,
            head_dim,
            vocabulary: embedding.shape[0],
            context,
        })
    }
}
