//! The loops as a backend.

use crate::ops::{self as reference, AttentionShape, RopeShape};
use ::ops::{
    Backend, BackendError, CacheFormat, CacheLayout, Choice, Head, Op, Program, Steps, Storage, TensorId,
};
use gguf::Format;
use std::collections::HashMap;

/// Runs a [`Program`] one operation after the other, on plain vectors.
pub struct Reference {
    program: Program,
    capacity: usize,
    cache: CacheFormat,
    by_name: HashMap<String, (TensorId, Format)>,
    weights: HashMap<TensorId, Vec<f32>>,
    /// As floats whatever the cache's format: the ones that it gives back.
    keys: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
    logits: Vec<f32>,
}

impl Reference {
    /// A backend for `program` with room for `capacity` positions in `cache`.
    ///
    /// # Errors
    /// When the program has no head, or [`BackendError::UnsupportedCache`].
    pub fn new(program: Program, capacity: usize, cache: CacheFormat) -> Result<Self, BackendError> {
        cache.check(&program)?;
        program.logits().map_err(|e| BackendError::Refused(e.to_string()))?;
        let mut by_name = HashMap::new();
        let mut weights = HashMap::new();
        for (id, tensor) in program.weights() {
            let Storage::Weight { rows, format } = tensor.storage else { continue };
            by_name.insert(tensor.name.clone(), (id, format));
            weights.insert(id, vec![0.0; rows * tensor.columns]);
        }
        let layers = program.cache().layers;
        Ok(Self {
            program,
            capacity,
            cache,
            by_name,
            weights,
            keys: vec![Vec::new(); layers],
            values: vec![Vec::new(); layers],
            logits: Vec::new(),
        })
    }

    fn run(&mut self, position: usize, tokens: &[u32], head: Head) {
        let p = &self.program;
        let end = if head == Head::None { p.head_start() } else { p.ops().len() };
        let head_rows = if head == Head::All { tokens.len() } else { 1 };
        let width = p.cache().width;
        let mut live: HashMap<TensorId, Vec<f32>> = HashMap::new();
        for op in &p.ops()[..end] {
            let columns = |id: &TensorId| p.tensor(*id).columns;
            let (out, result) = match op {
                Op::Embed { table, out } => {
                    (out, reference::embed(&self.weights[table], columns(table), tokens))
                }
                Op::RmsNorm { x, gain, eps, out } => {
                    (out, reference::rms_norm(&live[x], &self.weights[gain], *eps))
                }
                Op::MatMul { x, weight, out } => {
                    (out, reference::matmul(&live[x], &self.weights[weight], columns(weight)))
                }
                Op::Rope { x, head_dim, rotated, base, position_scale, factors, out } => {
                    let shape = RopeShape {
                        head_dim: *head_dim,
                        rotated: *rotated,
                        base: *base,
                        position_scale: *position_scale,
                    };
                    let factors = factors.as_ref().map(|f| self.weights[f].as_slice());
                    (out, reference::rope(&live[x], columns(x), shape, factors, position))
                }
                Op::StoreKv { layer, key, value } => {
                    let (key, value) = (kept(self.cache, &live[key]), kept(self.cache, &live[value]));
                    reference::store_kv(&mut self.keys[*layer], &key, width, position);
                    reference::store_kv(&mut self.values[*layer], &value, width, position);
                    continue;
                }
                Op::Attention { layer, query, heads, kv_heads, head_dim, scale, out } => {
                    let shape = AttentionShape {
                        heads: *heads,
                        kv_heads: *kv_heads,
                        head_dim: *head_dim,
                        scale: *scale,
                    };
                    let (keys, values) = (&self.keys[*layer], &self.values[*layer]);
                    (out, reference::attention(&live[query], keys, values, shape, position))
                }
                Op::SwiGlu { gate, up, out } => (out, reference::swiglu(&live[gate], &live[up])),
                Op::Add { a, b, out } => (out, reference::add(&live[a], &live[b])),
                Op::LastRows { x, out } => (out, reference::last_rows(&live[x], columns(x), head_rows)),
            };
            live.insert(*out, result);
        }
        if head != Head::None {
            self.logits = p.logits().ok().and_then(|id| live.remove(&id)).unwrap_or_default();
        }
    }
}

/// `rows` as the cache gives them back.
fn kept(cache: CacheFormat, rows: &[f32]) -> Vec<f32> {
    match cache {
        CacheFormat::F32 => rows.to_vec(),
        CacheFormat::Q8_0 => {
            let mut values = vec![0.0; rows.len()];
            Format::Q8_0.dequantize(&reference::quantize_kv(rows), &mut values);
            values
        }
    }
}

impl Backend for Reference {
    fn max_step_tokens(&self) -> usize {
        64
    }

    fn max_head_rows(&self) -> usize {
        64
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn write_weight(&mut self, name: &str, first_block: u64, bytes: &[u8]) -> Result<(), BackendError> {
        let refuse = |what: &str| BackendError::Refused(format!("{name}: {what}"));
        let (id, format) = self.by_name.get(name).copied().ok_or_else(|| refuse("no such weight"))?;
        let weight = self.weights.get_mut(&id).ok_or_else(|| refuse("no such weight"))?;
        let first = first_block as usize * format.block_len();
        let count = bytes.len() / format.block_bytes() * format.block_len();
        let into = weight.get_mut(first..first + count).ok_or_else(|| refuse("past its end"))?;
        format.dequantize(bytes, into);
        Ok(())
    }

    async fn ready(&mut self) -> Result<bool, BackendError> {
        Ok(false)
    }

    fn cache_layout(&self) -> CacheLayout {
        let shape = self.program.cache();
        CacheLayout {
            format: self.cache,
            layers: shape.layers,
            row_bytes: 2 * shape.width * size_of::<f32>(),
        }
    }

    async fn read_cache(&mut self, layer: usize, positions: usize) -> Result<Vec<u8>, BackendError> {
        let length = positions * self.program.cache().width;
        let half =
            |side: &[Vec<f32>]| side.get(layer).and_then(|rows| rows.get(..length)).map(<[f32]>::to_vec);
        match (half(&self.keys), half(&self.values)) {
            (Some(keys), Some(values)) => {
                Ok(keys.into_iter().chain(values).flat_map(f32::to_le_bytes).collect())
            }
            _ => Err(BackendError::Refused(format!("{positions} rows of layer {layer} of the cache"))),
        }
    }

    fn write_cache(&mut self, layer: usize, rows: &[u8]) -> Result<(), BackendError> {
        let row_bytes = self.cache_layout().row_bytes;
        if layer >= self.keys.len()
            || !rows.len().is_multiple_of(row_bytes)
            || rows.len() > self.capacity * row_bytes
        {
            let what = format!("{} bytes of layer {layer} of the cache", rows.len());
            return Err(BackendError::Refused(what));
        }
        let (words, _) = rows.as_chunks();
        let mut floats: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
        self.values[layer] = floats.split_off(floats.len() / 2);
        self.keys[layer] = floats;
        Ok(())
    }

    async fn forward(&mut self, position: usize, tokens: &[u32], head: Head) -> Result<(), BackendError> {
        if tokens.is_empty() || position + tokens.len() > self.capacity {
            return Err(BackendError::Refused(format!("{} tokens at {position}", tokens.len())));
        }
        self.run(position, tokens, head);
        Ok(())
    }

    async fn logits(&mut self) -> Result<Vec<f32>, BackendError> {
        Ok(self.logits.clone())
    }

    async fn decode(
        &mut self,
        position: usize,
        tokens: &[u32],
        steps: Steps,
        choice: &Choice,
    ) -> Result<Vec<u32>, BackendError> {
        let mut choice = choice.clone();
        let mut picked = Vec::with_capacity(steps.now);
        let (mut position, mut tokens) = (position, tokens.to_vec());
        for _ in 0..steps.now {
            self.forward(position, &tokens, Head::Last).await?;
            position += tokens.len();
            let token = reference::choose(&reference::rank(&self.logits, &choice), &choice, position);
            choice.note(token);
            picked.push(token);
            tokens = vec![token];
        }
        Ok(picked)
    }

    async fn verify(&mut self, position: usize, tokens: &[u32]) -> Result<Vec<u32>, BackendError> {
        self.forward(position, tokens, Head::All).await?;
        let rows = self.logits.chunks_exact(self.logits.len() / tokens.len());
        Ok(rows.map(|row| reference::pick(&reference::argmax(row, 1))).collect())
    }
}
