//! Header bytes to a checked [`Header`]. Nothing the file says is believed before it is checked.

use crate::{Format, GgufError, Header, Metadata, Source, TensorInfo, Value, input::Input, kind};
use std::collections::{HashMap, HashSet};

/// Most bytes that the header's strings and arrays may take in memory. A vocabulary of 260,000 tokens with its
/// merges takes about half of it.
const MAX_HELD_BYTES: u64 = 64 << 20;
/// Most bytes of a key or a tensor's name.
const MAX_NAME_BYTES: u64 = 65_535;
/// Most metadata keys, and most tensors. Large models have a few thousand tensors.
pub(crate) const MAX_ENTRIES: u64 = 65_536;
/// Most elements for which memory is set aside before they are read, if the source does not know its length.
const MAX_BLIND_RESERVE: u64 = 4096;
/// Most dimensions of a tensor.
const MAX_DIMS: u32 = 4;
/// Where tensors begin if the file does not say: at multiples of this many bytes.
const DEFAULT_ALIGNMENT: u32 = 32;
/// A metadata entry is at least a key's length, a type and one byte; a tensor's at least a name's length, the
/// number of dimensions, one dimension, a type and an offset.
const MIN_PAIR_BYTES: u64 = 8 + 4 + 1;
const MIN_TENSOR_BYTES: u64 = 8 + 4 + 8 + 4 + 8;

fn corrupt<T>(what: impl Into<String>) -> Result<T, GgufError> {
    Err(GgufError::Corrupt(what.into()))
}

/// Reads the header and leaves `input` at the first byte of tensor data.
pub(crate) async fn header<S: Source>(input: &mut Input<S>) -> Result<Header, GgufError> {
    Parser { input, held: 0 }.header().await
}

struct Parser<'a, S> {
    input: &'a mut Input<S>,
    /// Bytes that strings and arrays take in memory so far.
    held: u64,
}

impl<S: Source> Parser<'_, S> {
    async fn header(&mut self) -> Result<Header, GgufError> {
        let mut magic = [0; 4];
        match self.input.exact(&mut magic).await {
            Err(GgufError::Truncated(_)) => return Err(GgufError::NotGguf),
            result => result?,
        }
        if &magic != b"GGUF" {
            return Err(GgufError::NotGguf);
        }
        let version = self.u32().await?;
        if !(2..=3).contains(&version) {
            return Err(GgufError::UnsupportedVersion(version));
        }
        let tensor_count = self.u64().await?;
        let pair_count = self.u64().await?;
        self.count("tensors", tensor_count, MAX_ENTRIES, MIN_TENSOR_BYTES)?;
        self.count("metadata keys", pair_count, MAX_ENTRIES, MIN_PAIR_BYTES)?;

        let metadata = self.metadata(pair_count).await?;
        let alignment = alignment(&metadata)?;
        let mut tensors = self.tensors(tensor_count, alignment).await?;
        tensors.sort_by_key(|tensor| tensor.offset);
        check_overlaps(&tensors)?;

        let padding = self.input.position().next_multiple_of(alignment) - self.input.position();
        let data_offset = self.input.position() + padding;
        if let Some(last) = tensors.last() {
            // Cannot overflow: each tensor's end was checked against i64::MAX.
            self.input.expect(padding + last.offset + last.bytes)?;
            self.input.skip(padding).await?;
        }
        Ok(Header { version, metadata, tensors, data_offset })
    }

    async fn metadata(&mut self, count: u64) -> Result<Metadata, GgufError> {
        let mut pairs = HashMap::new();
        for _ in 0..count {
            let key = self.string("a metadata key", MAX_NAME_BYTES).await?;
            let value = self.value(&key).await?;
            if pairs.contains_key(&key) {
                return corrupt(format!("the key {key} occurs twice"));
            }
            pairs.insert(key, value);
        }
        Ok(Metadata(pairs))
    }

    async fn value(&mut self, key: &str) -> Result<Value, GgufError> {
        Ok(match self.u32().await? {
            kind::STRING => Value::String(self.string("a string", MAX_HELD_BYTES).await?),
            kind::BOOL => Value::Bool(self.bool().await?),
            kind::F32 => Value::Float(f32::from_le_bytes(self.input.array().await?).into()),
            kind::F64 => Value::Float(f64::from_le_bytes(self.input.array().await?)),
            kind::U64 => Value::Uint(self.u64().await?),
            kind::ARRAY => self.array(key).await?,
            integer => match self.integer(integer, key).await? {
                value @ 0.. => Value::Uint(value as u64),
                value => Value::Int(value),
            },
        })
    }

    async fn array(&mut self, key: &str) -> Result<Value, GgufError> {
        let element = self.u32().await?;
        let count = self.u64().await?;
        let (file_bytes, memory_bytes) = match element {
            kind::U8 | kind::I8 => (1, 8),
            kind::BOOL => (1, 1),
            kind::U16 | kind::I16 => (2, 8),
            kind::U32 | kind::I32 => (4, 8),
            kind::U64 | kind::I64 => (8, 8),
            kind::F32 => (4, 4),
            kind::F64 => (8, 4),
            // A string's own bytes are counted when it is read.
            kind::STRING => (8, size_of::<String>() as u64),
            kind::ARRAY => return corrupt(format!("the key {key} is an array of arrays")),
            other => return corrupt(format!("the key {key} is an array of the unknown type {other}")),
        };
        self.count("array elements", count, MAX_HELD_BYTES / memory_bytes, file_bytes)?;
        self.hold(count * memory_bytes)?;
        let reserved = self.reserve(count);
        Ok(match element {
            kind::STRING => {
                let mut strings = Vec::with_capacity(reserved);
                for _ in 0..count {
                    strings.push(self.string("a string", MAX_HELD_BYTES).await?);
                }
                Value::Strings(strings)
            }
            kind::BOOL => {
                let mut bools = Vec::with_capacity(reserved);
                for _ in 0..count {
                    bools.push(self.bool().await?);
                }
                Value::Bools(bools)
            }
            kind::F32 | kind::F64 => {
                let mut floats = Vec::with_capacity(reserved);
                for _ in 0..count {
                    floats.push(match element {
                        kind::F32 => f32::from_le_bytes(self.input.array().await?),
                        _ => f64::from_le_bytes(self.input.array().await?) as f32,
                    });
                }
                Value::Floats(floats)
            }
            _ => {
                let mut ints = Vec::with_capacity(reserved);
                for _ in 0..count {
                    ints.push(self.integer(element, key).await?);
                }
                Value::Ints(ints)
            }
        })
    }

    async fn integer(&mut self, kind: u32, key: &str) -> Result<i64, GgufError> {
        Ok(match kind {
            kind::U8 => u8::from_le_bytes(self.input.array().await?).into(),
            kind::I8 => i8::from_le_bytes(self.input.array().await?).into(),
            kind::U16 => u16::from_le_bytes(self.input.array().await?).into(),
            kind::I16 => i16::from_le_bytes(self.input.array().await?).into(),
            kind::U32 => self.u32().await?.into(),
            kind::I32 => i32::from_le_bytes(self.input.array().await?).into(),
            kind::U64 => match i64::try_from(self.u64().await?) {
                Ok(value) => value,
                Err(_) => return corrupt(format!("the key {key} has an element beyond 2^63")),
            },
            kind::I64 => i64::from_le_bytes(self.input.array().await?),
            other => return corrupt(format!("the key {key} has the unknown type {other}")),
        })
    }

    async fn tensors(&mut self, count: u64, alignment: u64) -> Result<Vec<TensorInfo>, GgufError> {
        let mut tensors = Vec::with_capacity(self.reserve(count));
        let mut names = HashSet::new();
        for _ in 0..count {
            let tensor = self.tensor(alignment).await?;
            if !names.insert(tensor.name.clone()) {
                return corrupt(format!("the tensor {} occurs twice", tensor.name));
            }
            tensors.push(tensor);
        }
        Ok(tensors)
    }

    async fn tensor(&mut self, alignment: u64) -> Result<TensorInfo, GgufError> {
        let name = self.string("a tensor's name", MAX_NAME_BYTES).await?;
        let dims = self.u32().await?;
        if !(1..=MAX_DIMS).contains(&dims) {
            return corrupt(format!("tensor {name} has {dims} dimensions; 1 to {MAX_DIMS} are possible"));
        }
        let mut shape = Vec::with_capacity(MAX_DIMS as usize);
        for _ in 0..dims {
            shape.push(self.u64().await?);
        }
        let format = self.u32().await?;
        let offset = self.u64().await?;

        let Some(format) = Format::from_ggml(format) else {
            return Err(GgufError::UnsupportedFormat { tensor: name, format: Format::ggml_name(format) });
        };
        let columns = shape[0];
        if shape.contains(&0) {
            return corrupt(format!("tensor {name} has a dimension of 0"));
        }
        if columns % format.block_len() as u64 != 0 {
            return corrupt(format!(
                "tensor {name} has rows of {columns} values, not a multiple of {format:?}'s {}",
                format.block_len()
            ));
        }
        let sizes = || {
            let elements = shape.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim))?;
            usize::try_from(elements).ok()?;
            let bytes = (elements / format.block_len() as u64).checked_mul(format.block_bytes() as u64)?;
            i64::try_from(offset.checked_add(bytes)?).ok()?;
            Some(bytes)
        };
        let Some(bytes) = sizes() else {
            return corrupt(format!("tensor {name} is larger than any memory"));
        };
        if offset % alignment != 0 {
            return corrupt(format!("tensor {name} begins at {offset}, not a multiple of {alignment}"));
        }
        let shape = shape.into_iter().rev().map(|dim| dim as usize).collect();
        Ok(TensorInfo { name, shape, format, offset, bytes })
    }

    async fn u32(&mut self) -> Result<u32, GgufError> {
        Ok(u32::from_le_bytes(self.input.array().await?))
    }

    async fn u64(&mut self) -> Result<u64, GgufError> {
        Ok(u64::from_le_bytes(self.input.array().await?))
    }

    async fn bool(&mut self) -> Result<bool, GgufError> {
        match self.input.array().await? {
            [0] => Ok(false),
            [1] => Ok(true),
            [other] => corrupt(format!("a truth value is {other}")),
        }
    }

    async fn string(&mut self, what: &str, limit: u64) -> Result<String, GgufError> {
        let length = self.u64().await?;
        self.count("bytes of a string", length, limit, 1)?;
        self.hold(length)?;
        let bytes = self.input.vec(length as usize).await?;
        String::from_utf8(bytes).or_else(|_| corrupt(format!("{what} is not UTF-8")))
    }

    /// Refuses a count that is absurd, or that the rest of the file cannot hold.
    fn count(&self, what: &str, count: u64, limit: u64, bytes_each: u64) -> Result<(), GgufError> {
        if count > limit {
            return corrupt(format!("it claims {count} {what}; at most {limit} are possible"));
        }
        self.input.expect(count * bytes_each)
    }

    /// Elements to set memory aside for, of `count` that passed [`Self::count`].
    fn reserve(&self, count: u64) -> usize {
        let limit = if self.input.knows_length() { count } else { MAX_BLIND_RESERVE };
        count.min(limit) as usize
    }

    /// Charges memory that is about to be held.
    fn hold(&mut self, bytes: u64) -> Result<(), GgufError> {
        self.held += bytes;
        if self.held > MAX_HELD_BYTES {
            return corrupt(format!("its header would take more than {} MiB", MAX_HELD_BYTES >> 20));
        }
        Ok(())
    }
}

fn alignment(metadata: &Metadata) -> Result<u64, GgufError> {
    let alignment = metadata.opt_u32("general.alignment")?.unwrap_or(DEFAULT_ALIGNMENT);
    if !alignment.is_power_of_two() {
        return corrupt(format!("its alignment is {alignment}, not a power of two"));
    }
    Ok(alignment.into())
}

/// `tensors` are in the order of their offsets.
fn check_overlaps(tensors: &[TensorInfo]) -> Result<(), GgufError> {
    for pair in tensors.windows(2) {
        if pair[0].offset + pair[0].bytes > pair[1].offset {
            return corrupt(format!("tensors {} and {} overlap", pair[0].name, pair[1].name));
        }
    }
    Ok(())
}
