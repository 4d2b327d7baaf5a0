//! The loops as a backend.

use crate::ops as reference;
use ::ops::{
    Backend, BackendError, CacheFormat, CacheLayout, Choice, Head, LayerCache, Op, Program, Steps, Storage,
    TensorId,
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
    /// Layer by layer.
    kept: Vec<Kept>,
    logits: Vec<f32>,
}

/// What a layer keeps of all positions: as floats whatever the cache's format, the ones that it gives back.
#[derive(Clone, Default)]
struct Kept {
    /// Or the inputs of a convolution.
    keys: Vec<f32>,
    /// Empty where it is a convolution.
    values: Vec<f32>,
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
        let layers = program.cache().len();
        Ok(Self {
            program,
            capacity,
            cache,
            by_name,
            weights,
            kept: vec![Kept::default(); layers],
            logits: Vec::new(),
        })
    }

    fn run(&mut self, position: usize, tokens: &[u32], head: Head) {
        let p = &self.program;
        let end = if head == Head::None { p.head_start() } else { p.ops().len() };
        let head_rows = if head == Head::All { tokens.len() } else { 1 };
        let mut live: HashMap<TensorId, Vec<f32>> = HashMap::new();
        for op in &p.ops()[..end] {
            let columns = |id: &TensorId| p.tensor(*id).columns;
            let weights = |id: &TensorId| self.weights[id].as_slice();
            let (out, result) = match op {
                Op::Embed { table, out } => (out, reference::embed(weights(table), columns(table), tokens)),
                Op::RmsNorm { x, gain, width, eps, out } => {
                    (out, reference::rms_norm(&live[x], gain.as_ref().map(weights), *width, *eps))
                }
                Op::LayerNorm { x, gain, bias, eps, out } => {
                    (out, reference::layer_norm(&live[x], weights(gain), weights(bias), *eps))
                }
                Op::MatMul { x, weight, out } => {
                    (out, reference::matmul(&live[x], weights(weight), columns(weight)))
                }
                Op::AddBias { x, bias, out } => (out, reference::add_bias(&live[x], weights(bias))),
                Op::Rope { x, shape, factors, out } => {
                    let factors = factors.as_ref().map(weights);
                    (out, reference::rope(&live[x], columns(x), *shape, factors, position))
                }
                Op::StoreKv { layer, key, value } => {
                    let width = columns(key);
                    let (key, value) = (kept(self.cache, &live[key]), kept(self.cache, &live[value]));
                    reference::store_kv(&mut self.kept[*layer].keys, &key, width, position);
                    reference::store_kv(&mut self.kept[*layer].values, &value, width, position);
                    continue;
                }
                Op::Attention { layer, query, shape, out } => {
                    let Kept { keys, values } = &self.kept[*layer];
                    (out, reference::attention(&live[query], keys, values, *shape, position))
                }
                Op::Temper { x, strength, floor, out } => {
                    (out, reference::temper(&live[x], columns(x), *strength, *floor, position))
                }
                Op::ShortConv { layer, x, kernel, out } => {
                    let past = &mut self.kept[*layer].keys;
                    (out, reference::short_conv(past, &live[x], weights(kernel), columns(out), position))
                }
                Op::SwiGlu { gate, up, out } => (out, reference::swiglu(&live[gate], &live[up])),
                Op::GeGlu { gate, up, out } => (out, reference::geglu(&live[gate], &live[up])),
                Op::Gelu { x, out } => (out, reference::gelu(&live[x])),
                Op::Add { a, b, out } => (out, reference::add(&live[a], &live[b])),
                Op::Scale { x, factor, out } => (out, reference::scale(&live[x], *factor)),
                Op::SoftCap { x, cap, out } => (out, reference::softcap(&live[x], *cap)),
                Op::Columns { x, from, out } => {
                    (out, reference::columns(&live[x], columns(x), *from, columns(out)))
                }
                Op::Route { logits, chosen, gate, scale, out } => {
                    (out, reference::route(&live[logits], columns(logits), *chosen, *gate, *scale))
                }
                Op::Experts { x, weight, experts, route, out } => {
                    let chosen = columns(route) / 2;
                    let (table, width) = (weights(weight), columns(weight));
                    (out, reference::experts(&live[x], table, width, *experts, &live[route], chosen))
                }
                Op::Combine { x, route, out } => {
                    (out, reference::combine(&live[x], &live[route], columns(route) / 2))
                }
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
        let row_bytes = self.program.cache().iter().map(|&layer| CacheFormat::F32.row_bytes(layer)).collect();
        CacheLayout { format: self.cache, row_bytes }
    }

    async fn read_cache(&mut self, layer: usize, positions: usize) -> Result<Vec<u8>, BackendError> {
        let rows = match self.program.cache().get(layer) {
            Some(&LayerCache::KeyValue(width)) => {
                let Kept { keys, values } = &self.kept[layer];
                let length = positions * width;
                keys.get(..length).zip(values.get(..length)).map(|(keys, values)| [keys, values].concat())
            }
            Some(&LayerCache::State(width)) => {
                self.kept[layer].keys.get(..positions * width).map(<[f32]>::to_vec)
            }
            None => None,
        };
        let refused = || BackendError::Refused(format!("{positions} rows of layer {layer} of the cache"));
        Ok(rows.ok_or_else(refused)?.into_iter().flat_map(f32::to_le_bytes).collect())
    }

    fn write_cache(&mut self, layer: usize, rows: &[u8]) -> Result<(), BackendError> {
        let row_bytes = self.cache_layout().row_bytes.get(layer).copied().unwrap_or(0);
        if row_bytes == 0 || !rows.len().is_multiple_of(row_bytes) || rows.len() > self.capacity * row_bytes {
            let what = format!("{} bytes of layer {layer} of the cache", rows.len());
            return Err(BackendError::Refused(what));
        }
        let (words, _) = rows.as_chunks();
        let mut keys: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
        let values = match self.program.cache()[layer] {
            LayerCache::KeyValue(_) => keys.split_off(keys.len() / 2),
            LayerCache::State(_) => Vec::new(),
        };
        self.kept[layer] = Kept { keys, values };
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
