//! Writing small files: tests, tiny models.

use crate::{Format, GgufError, Metadata, Value, kind};

const ALIGNMENT: usize = 32;

/// Builds a file of version 3 in memory. Keys and tensors come out in the order they were given.
#[derive(Default)]
pub struct Writer {
    pairs: Vec<u8>,
    pair_count: u64,
    tensors: Vec<u8>,
    tensor_count: u64,
    data: Vec<u8>,
}

impl Writer {
    /// A file of that metadata, sorted by key.
    pub fn new(metadata: &Metadata) -> Self {
        let mut writer = Self::default();
        for (key, value) in metadata.iter() {
            writer.value(key, value);
        }
        writer
    }

    /// Adds a key. Integers are written in 32 bits where they fit, else in 64; so are floats.
    pub fn value(&mut self, key: &str, value: &Value) -> &mut Self {
        self.pair_count += 1;
        string(&mut self.pairs, key);
        write_value(&mut self.pairs, value);
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
        let columns = shape.last().copied().unwrap_or(0);
        let blocks = shape.iter().product::<usize>() / format.block_len();
        if columns == 0 || columns % format.block_len() != 0 || bytes.len() != blocks * format.block_bytes() {
            return Err(GgufError::Corrupt(format!(
                "tensor {name} of shape {shape:?} and format {format} cannot have {} bytes",
                bytes.len()
            )));
        }
        self.tensor_count += 1;
        string(&mut self.tensors, name);
        self.tensors.extend((shape.len() as u32).to_le_bytes());
        for &dim in shape.iter().rev() {
            self.tensors.extend((dim as u64).to_le_bytes());
        }
        self.tensors.extend(format.ggml().to_le_bytes());
        self.tensors.extend((self.data.len() as u64).to_le_bytes());
        self.data.extend(bytes);
        pad(&mut self.data);
        Ok(self)
    }

    /// The whole file.
    pub fn finish(&self) -> Vec<u8> {
        let mut file = b"GGUF".to_vec();
        file.extend(3u32.to_le_bytes());
        file.extend(self.tensor_count.to_le_bytes());
        file.extend(self.pair_count.to_le_bytes());
        file.extend(&self.pairs);
        file.extend(&self.tensors);
        pad(&mut file);
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
