//! The loops as a backend.

use crate::ops::{self as reference, AttentionShape, RopeShape};
use ::ops::{Backend, BackendError, CacheLayout, Choice, Head, Op, Program, Steps, Storage, TensorId};
use gguf::Format;
use std::collections::HashMap;

/// Runs a [`Program`] one operation after the other, on plain vectors.
pub struct Reference {
    program: Program,
    capacity: usize,
    by_name: HashMap<String, (TensorId, Format)>,
    weights: HashMap<TensorId, Vec<f32>>,
    keys: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
    logits: Vec<f32>,
}

impl Reference {
    /// A backend for `program` with room for `capacity` positions.
    ///
    /// # Errors
    /// When the program has no head.
    pub fn new(program: Program, capacity: usize) -> Result<Self, BackendError> {
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
            by_name,
            weights,
            keys: vec![Vec::new(); layers],
            values: vec![Vec::new(); layers],
            logits: Vec::new(),
        })
    }

    /// Keys or values of a layer.
    fn part(&mut self, part: usize) -> Result<&mut Vec<f32>, BackendError> {
        let side = if part.is_multiple_of(2) { &mut self.keys } else { &mut self.values };
        side.get_mut(part / 2).ok_or_else(|| BackendError::Refused(format!("there is no part {part}")))
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
                    reference::store_kv(&mut self.keys[*layer], &live[key], width, position);
                    reference::store_kv(&mut self.values[*layer], &live[value], width, position);
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
        CacheLayout { parts: 2 * shape.layers, row_bytes: shape.width * size_of::<f32>() }
    }

    async fn read_cache(&mut self, part: usize, positions: usize) -> Result<Vec<u8>, BackendError> {
        let values = positions * self.program.cache().width;
        let rows = self.part(part)?.get(..values);
        let rows = rows.ok_or_else(|| BackendError::Refused(format!("{positions} rows of the cache")))?;
        Ok(rows.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    fn write_cache(&mut self, part: usize, rows: &[u8]) -> Result<(), BackendError> {
        if rows.len() > self.capacity * self.cache_layout().row_bytes {
            return Err(BackendError::Refused(format!("{} bytes of the cache", rows.len())));
        }
        let (words, _) = rows.as_chunks();
        *self.part(part)? = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
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
