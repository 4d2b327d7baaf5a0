//! A program, lowered once: every kernel compiled, every buffer allocated, every bind group made.

use crate::{
    device::Gpu,
    kernel::{Dispatch, Kernels},
    ops::{self, AttentionShape, RopeShape},
    planes::GROUP,
    weights::Weight,
};
use ::ops::{BackendError, Op, Program, Rows, Storage, TensorId};
use gguf::Format;
use std::collections::HashMap;

/// Positions and tokens that memory is reserved for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capacity {
    /// S.
    pub(crate) positions: usize,
    /// Most T of a step.
    pub(crate) tokens: usize,
    /// Most rows of logits of a step.
    pub(crate) head_rows: usize,
}

/// One operation of a step.
pub(crate) enum Stage {
    /// The same kernel for any number of rows.
    Any(Dispatch),
    /// One kernel for a single row, another for more.
    ByRows { rows: Rows, one: Dispatch, many: Dispatch },
}

/// A lowered program.
pub(crate) struct Plan {
    /// Everything but the head.
    pub(crate) body: Vec<Stage>,
    /// What turns the residual stream into logits.
    pub(crate) head: Vec<Stage>,
    pub(crate) weights: HashMap<String, Weight>,
    pub(crate) rotations: Vec<Rotation>,
    pub(crate) logits: wgpu::Buffer,
    pub(crate) vocabulary: usize,
}

/// A table of rotations that waits for its factors, where it has any.
pub(crate) struct Rotation {
    pub(crate) shape: RopeShape,
    pub(crate) factors: Option<String>,
    pub(crate) table: wgpu::Buffer,
}

/// The buffers that a step is described in.
pub(crate) struct StepBuffers {
    pub(crate) step: wgpu::Buffer,
    pub(crate) tokens: wgpu::Buffer,
}

impl Plan {
    /// Lowers `program`.
    pub(crate) fn new(
        kernels: &mut Kernels,
        program: &Program,
        capacity: Capacity,
        buffers: &StepBuffers,
    ) -> Result<Self, BackendError> {
        let gpu = kernels.gpu.clone();
        let logits = program.logits().map_err(|e| BackendError::Refused(e.to_string()))?;
        let mut lowering = Lowering::new(kernels, program, capacity, buffers)?;
        let mut stages = Vec::new();
        for (i, op) in program.ops().iter().enumerate() {
            stages.push(lowering.stage(op)?);
            lowering.release_after(i);
        }
        let head = stages.split_off(program.head_start());
        let plan = Self {
            body: stages,
            head,
            logits: lowering.activations.remove(&logits).ok_or_else(|| missing("logits"))?,
            vocabulary: program.tensor(logits).columns,
            weights: lowering.weights.into_values().map(|w| (w.name().to_owned(), w)).collect(),
            rotations: lowering.rotations,
        };
        for rotation in &plan.rotations {
            if rotation.factors.is_none() {
                rotation.fill(&gpu, None, capacity.positions);
            }
        }
        Ok(plan)
    }
}

impl Rotation {
    /// Works the table out.
    pub(crate) fn fill(&self, gpu: &Gpu, factors: Option<&[f32]>, positions: usize) {
        let table = ops::rotation(self.shape, factors, positions);
        gpu.queue.write_buffer(&self.table, 0, bytemuck::cast_slice(&table));
    }
}

struct Lowering<'a> {
    kernels: &'a mut Kernels,
    program: &'a Program,
    capacity: Capacity,
    buffers: &'a StepBuffers,
    weights: HashMap<TensorId, Weight>,
    rotations: Vec<Rotation>,
    caches: Vec<[wgpu::Buffer; 2]>,
    activations: HashMap<TensorId, wgpu::Buffer>,
    /// Scratch buffers that no later operation reads.
    free: Vec<wgpu::Buffer>,
    /// For each tensor, the last operation that touches it.
    last_use: HashMap<TensorId, usize>,
}

impl<'a> Lowering<'a> {
    fn new(
        kernels: &'a mut Kernels,
        program: &'a Program,
        capacity: Capacity,
        buffers: &'a StepBuffers,
    ) -> Result<Self, BackendError> {
        let gpu = kernels.gpu.clone();
        let mut weights = HashMap::new();
        for (id, tensor) in program.weights() {
            let Storage::Weight { rows, format } = tensor.storage else { continue };
            if rows > 1 && tensor.columns % GROUP != 0 {
                let what = format!("{} has {} columns, no multiple of {GROUP}", tensor.name, tensor.columns);
                return Err(BackendError::Refused(what));
            }
            weights.insert(id, Weight::new(&gpu, &tensor.name, format, rows, tensor.columns)?);
        }
        let cache = program.cache();
        let bytes = (capacity.positions * cache.width * size_of::<f32>()) as u64;
        let limit = gpu.device.limits().max_storage_buffer_binding_size;
        if bytes > limit {
            let what = format!("a context of {} tokens takes {bytes} bytes a layer", capacity.positions);
            return Err(BackendError::TooSmall(format!("{what}, of {limit}; choose a shorter one")));
        }
        let caches = (0..cache.layers)
            .map(|l| ["keys", "values"].map(|what| gpu.storage(&format!("{what} {l}"), bytes)))
            .collect();
        let mut last_use = HashMap::new();
        for (i, op) in program.ops().iter().enumerate() {
            for id in operands(op) {
                last_use.insert(id, i);
            }
        }
        Ok(Self {
            kernels,
            program,
            capacity,
            buffers,
            weights,
            rotations: Vec::new(),
            caches,
            activations: HashMap::new(),
            free: Vec::new(),
            last_use,
        })
    }

    /// A scratch buffer for `id`: one that is free and large enough, or a new one.
    fn allocate(&mut self, id: TensorId) -> Result<wgpu::Buffer, BackendError> {
        let tensor = self.program.tensor(id);
        let Storage::Activation(rows) = tensor.storage else { return Err(missing(&tensor.name)) };
        let rows = match rows {
            Rows::Tokens => self.capacity.tokens,
            Rows::Head => self.capacity.head_rows,
        };
        let bytes = (rows * tensor.columns * size_of::<f32>()) as u64;
        let fit =
            self.free.iter().enumerate().filter(|(_, b)| b.size() >= bytes).min_by_key(|(_, b)| b.size());
        let buffer = match fit.map(|(i, _)| i) {
            Some(i) => self.free.swap_remove(i),
            None => self.kernels.gpu.storage("scratch", bytes),
        };
        self.activations.insert(id, buffer.clone());
        Ok(buffer)
    }

    fn release_after(&mut self, op: usize) {
        let last_use = &self.last_use;
        let done: Vec<TensorId> = self
            .activations
            .keys()
            .copied()
            .filter(|id| last_use.get(id).is_some_and(|&last| last == op))
            .collect();
        let logits = self.program.logits().ok();
        for id in done {
            if Some(id) != logits
                && let Some(buffer) = self.activations.remove(&id)
            {
                self.free.push(buffer);
            }
        }
    }

    fn activation(&self, id: TensorId) -> Result<wgpu::Buffer, BackendError> {
        self.activations.get(&id).cloned().ok_or_else(|| missing(&self.program.tensor(id).name))
    }

    fn vector(&self, id: TensorId) -> Result<wgpu::Buffer, BackendError> {
        let weight = self.weights.get(&id).filter(|w| w.format == Format::F32);
        weight.map(|w| w.quants.clone()).ok_or_else(|| missing(&self.program.tensor(id).name))
    }

    fn rotation(&mut self, shape: RopeShape, factors: Option<TensorId>) -> wgpu::Buffer {
        let factors = factors.map(|id| self.program.tensor(id).name.clone());
        if let Some(known) = self.rotations.iter().find(|r| r.shape == shape && r.factors == factors) {
            return known.table.clone();
        }
        let bytes = (self.capacity.positions * shape.rotated * size_of::<f32>()) as u64;
        let table = self.kernels.gpu.storage("rotation", bytes);
        self.rotations.push(Rotation { shape, factors, table: table.clone() });
        table
    }

    fn stage(&mut self, op: &Op) -> Result<Stage, BackendError> {
        let columns = |id: TensorId| self.program.tensor(id).columns;
        let step = &self.buffers.step;
        match *op {
            Op::Embed { table, out } => {
                let out = self.allocate(out)?;
                let table = self.weights.get(&table).ok_or_else(|| missing("embedding table"))?;
                ops::embed(self.kernels, step, &self.buffers.tokens, table, &out).map(Stage::Any)
            }
            Op::RmsNorm { x, gain, eps, out } => {
                let (columns, rows) = (columns(x), self.rows(x)?);
                let (x, gain) = (self.activation(x)?, self.vector(gain)?);
                let out = self.allocate(out)?;
                ops::rms_norm(self.kernels, [&x, &gain, &out], columns, eps, rows).map(Stage::Any)
            }
            Op::MatMul { x, weight, out } => {
                let rows = self.rows(x)?;
                let x = self.activation(x)?;
                let out = self.allocate(out)?;
                let weight = self.weights.get(&weight).ok_or_else(|| missing("weight"))?;
                let one = ops::matvec(self.kernels, &x, weight, &out)?;
                let many = ops::matmul(self.kernels, step, &x, weight, &out, rows)?;
                Ok(Stage::ByRows { rows, one, many })
            }
            Op::Rope { x, head_dim, rotated, base, position_scale, factors, out } => {
                let columns = columns(x);
                let shape = RopeShape { head_dim, rotated, base, position_scale };
                let table = self.rotation(shape, factors);
                let x = self.activation(x)?;
                let out = self.allocate(out)?;
                ops::rope(self.kernels, step, [&x, &table, &out], columns, shape).map(Stage::Any)
            }
            Op::StoreKv { layer, key, value } => {
                let columns = columns(key);
                let (key, value) = (self.activation(key)?, self.activation(value)?);
                let [keys, values] = self.caches.get(layer).ok_or_else(|| missing("cache"))?;
                ops::store_kv(self.kernels, step, [&key, &value], [keys, values], columns).map(Stage::Any)
            }
            Op::Attention { layer, query, heads, kv_heads, head_dim, scale, out } => {
                let shape = AttentionShape { heads, kv_heads, head_dim, scale };
                let query = self.activation(query)?;
                let out = self.allocate(out)?;
                let [keys, values] = self.caches.get(layer).ok_or_else(|| missing("cache"))?;
                ops::attention(self.kernels, step, [&query, keys, values, &out], shape).map(Stage::Any)
            }
            Op::SwiGlu { gate, up, out } => {
                let columns = columns(gate);
                let (gate, up) = (self.activation(gate)?, self.activation(up)?);
                let out = self.allocate(out)?;
                ops::swiglu(self.kernels, step, [&gate, &up, &out], columns).map(Stage::Any)
            }
            Op::Add { a, b, out } => {
                let columns = columns(a);
                let (a, b) = (self.activation(a)?, self.activation(b)?);
                let out = self.allocate(out)?;
                ops::add(self.kernels, step, [&a, &b, &out], columns).map(Stage::Any)
            }
            Op::LastRows { x, out } => {
                let columns = columns(x);
                let x = self.activation(x)?;
                let out = self.allocate(out)?;
                ops::last_rows(self.kernels, step, [&x, &out], columns).map(Stage::Any)
            }
        }
    }

    fn rows(&self, id: TensorId) -> Result<Rows, BackendError> {
        match self.program.tensor(id).storage {
            Storage::Activation(rows) => Ok(rows),
            Storage::Weight { .. } => Err(missing(&self.program.tensor(id).name)),
        }
    }
}

fn missing(what: &str) -> BackendError {
    BackendError::Refused(format!("the program uses {what} before it is made"))
}

/// The activations that an operation reads or writes.
fn operands(op: &Op) -> Vec<TensorId> {
    match *op {
        Op::Embed { out, .. } => vec![out],
        Op::RmsNorm { x, out, .. }
        | Op::MatMul { x, out, .. }
        | Op::Rope { x, out, .. }
        | Op::LastRows { x, out } => vec![x, out],
        Op::StoreKv { key, value, .. } => vec![key, value],
        Op::Attention { query, out, .. } => vec![query, out],
        Op::SwiGlu { gate, up, out } => vec![gate, up, out],
        Op::Add { a, b, out } => vec![a, b, out],
    }
}
