//! Writing files: what stands before the tensor data, and small files whole.

use crate::{Format, GgufError, Metadata, Value, kind};

/// Every tensor's data begins at a multiple of so many bytes, and so does the first.
pub const ALIGNMENT: usize = 32;

/// What stands before the tensor data of a file of version 3: keys and tensors come out in the order they were given.
///
/// The data follows in the same order, each tensor's filled up with zeros to a multiple of [`ALIGNMENT`].
#[derive(Default)]
pub struct Head {
    pairs: Vec<u8>,
    pair_count: u64,
    tensors: Vec<u8>,
    tensor_count: u64,
    data_bytes: u64,
}

impl Head {
    /// A file of that metadata, sorted by key.
    pub fn new(metadata: &Metadata) -> Self {
        let mut head = Self::default();
        for (key, value) in metadata.iter() {
            head.value(key, value);
        }
        head
    }

    /// Adds a key. Integers are written in 32 bits where they fit, else in 64; so are floats.
    pub fn value(&mut self, key: &str, value: &Value) -> &mut Self {
        self.pair_count += 1;
        string(&mut self.pairs, key);
        write_value(&mut self.pairs, value);
        self
    }

    /// Adds a tensor; `shape` is outermost first. Gives the bytes of its data.
    ///
    /// # Errors
    /// [`GgufError::Corrupt`] if shape and format do not fit together.
    pub fn tensor(&mut self, name: &str, shape: &[usize], format: Format) -> Result<usize, GgufError> {
        let columns = shape.last().copied().unwrap_or(0);
        if columns == 0 || columns % format.block_len() != 0 {
            return Err(GgufError::Corrupt(format!(
                "tensor {name} of shape {shape:?} cannot have the format {format}"
            )));
        }
        let bytes = shape.iter().product::<usize>() / format.block_len() * format.block_bytes();
        self.tensor_count += 1;
        string(&mut self.tensors, name);
        self.tensors.extend((shape.len() as u32).to_le_bytes());
        for &dim in shape.iter().rev() {
            self.tensors.extend((dim as u64).to_le_bytes());
        }
        self.tensors.extend(format.ggml().to_le_bytes());
        self.tensors.extend(self.data_bytes.to_le_bytes());
        self.data_bytes += bytes.next_multiple_of(ALIGNMENT) as u64;
        Ok(bytes)
    }

    /// Everything up to the first tensor's data.
    pub fn finish(&self) -> Vec<u8> {
        let mut head = b"GGUF".to_vec();
        head.extend(3u32.to_le_bytes());
        head.extend(self.tensor_count.to_le_bytes());
        head.extend(self.pair_count.to_le_bytes());
        head.extend(&self.pairs);
        head.extend(&self.tensors);
        pad(&mut head);
        head
    }
}

/// Builds a small file in memory: tests, tiny models.
#[derive(Default)]
pub struct Writer {
    head: Head,
    data: Vec<u8>,
}

impl Writer {
    /// A file of that metadata, sorted by key.
    pub fn new(metadata: &Metadata) -> Self {
        Self { head: Head::new(metadata), data: Vec::new() }
    }

    /// See [`Head::value`].
    pub fn value(&mut self, key: &str, value: &Value) -> &mut Self {
        self.head.value(key, value);
        self
    }

    /// Adds a tensor; `shape` is outermost first, `bytes` its blocks.
    ///
    /// # Errors
    /// [`GgufError::Corrupt`] if shape, format and bytes do not fit together.
    pub fn tensor(
        &mut self,
        name: &str,
        shape: &[usize],
        format: Format,
        bytes: &[u8],
    ) -> Result<&mut Self, GgufError> {
        let expected = self.head.tensor(name, shape, format)?;
        if bytes.len() != expected {
            return Err(GgufError::Corrupt(format!(
                "tensor {name} of shape {shape:?} and format {format} cannot have {} bytes",
                bytes.len()
            )));
        }
        self.data.extend(bytes);
        pad(&mut self.data);
        Ok(self)
    }

    /// The whole file.
    pub fn finish(&self) -> Vec<u8> {
        let mut file = self.head.finish();
        file.extend(&self.data);
        file
    }
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Uint(value) => match u32::try_from(*value) {
            Ok(value) => tagged(out, kind::U32, &value.to_le_bytes()),
            Err(_) => tagged(out, kind::U64, &value.to_le_bytes()),
        },
        Value::Int(value) => match i32::try_from(*value) {
            Ok(value) => tagged(out, kind::I32, &value.to_le_bytes()),
            Err(_) => tagged(out, kind::I64, &value.to_le_bytes()),
        },
        Value::Float(value) if f64::from(*value as f32) == *value => {
            tagged(out, kind::F32, &(*value as f32).to_le_bytes());
        }
        Value::Float(value) => tagged(out, kind::F64, &value.to_le_bytes()),
        Value::Bool(value) => tagged(out, kind::BOOL, &[u8::from(*value)]),
        Value::String(value) => {
            tagged(out, kind::STRING, &[]);
            string(out, value);
        }
        Value::Strings(values) => array(out, kind::STRING, values, |out, value| string(out, value)),
        Value::Floats(values) => array(out, kind::F32, values, |out, value| out.extend(value.to_le_bytes())),
        Value::Bools(values) => array(out, kind::BOOL, values, |out, value| out.push(u8::from(*value))),
        Value::Ints(values) if values.iter().all(|value| i32::try_from(*value).is_ok()) => {
            array(out, kind::I32, values, |out, value| out.extend((*value as i32).to_le_bytes()));
        }
        Value::Ints(values) => array(out, kind::I64, values, |out, value| out.extend(value.to_le_bytes())),
    }
}

fn tagged(out: &mut Vec<u8>, kind: u32, bytes: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend(bytes);
}

fn array<T>(out: &mut Vec<u8>, kind: u32, values: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    tagged(out, kind::ARRAY, &kind.to_le_bytes());
    out.extend((values.len() as u64).to_le_bytes());
    for value in values {
        write(out, value);
    }
}
