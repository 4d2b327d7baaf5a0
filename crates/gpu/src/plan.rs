//! A program, lowered once: every kernel compiled, every buffer allocated, every bind group made.

use crate::{
    cache::Cache,
    device::Gpu,
    fuse::{self, Norm, Unit},
    kernel::{Activations, Dispatch, Extent, Kernels, Lanes},
    ops::{self, AttentionBuffers, ExpertCounts, NormShape, Packed},
    planes::GROUP,
    product::{Finish, Product},
    weights::Weight,
};
use ::ops::{
    AttentionShape, BackendError, CacheFormat, LayerCache, Op, Program, RopeShape, Rows, Storage, TensorId,
};
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
    pub(crate) cache: CacheFormat,
}

/// A lowered program.
pub(crate) struct Plan {
    /// Everything but the head.
    body: Vec<Dispatch>,
    /// What turns the residual stream into logits.
    head: Vec<Dispatch>,
    pub(crate) weights: Weights,
    pub(crate) rotations: Vec<Rotation>,
    pub(crate) caches: Vec<Cache>,
    pub(crate) logits: wgpu::Buffer,
    pub(crate) vocabulary: usize,
}

/// The weights, and which of them holds each weight of the file.
#[derive(Default)]
pub(crate) struct Weights {
    pub(crate) all: Vec<Weight>,
    /// Index and part.
    by_name: HashMap<String, (usize, usize)>,
    by_id: HashMap<TensorId, usize>,
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
        let [body, head] = fuse::fuse(program, gpu.largest_binding());
        let units: Vec<&Unit> = body.iter().chain(&head).collect();
        let mut lowering = Lowering::new(kernels, program, capacity, buffers, &units)?;
        let mut dispatches = Vec::new();
        let mut head_start = 0;
        for (i, unit) in units.iter().enumerate() {
            if i == body.len() {
                head_start = dispatches.len();
            }
            dispatches.extend(lowering.unit(unit)?);
            lowering.release_after(i);
        }
        let plan = Self {
            head: dispatches.split_off(head_start),
            body: dispatches,
            logits: lowering.activations.remove(&logits).ok_or_else(|| missing("logits"))?,
            vocabulary: program.tensor(logits).columns,
            weights: lowering.weights,
            rotations: lowering.rotations,
            caches: lowering.caches,
        };
        for rotation in &plan.rotations {
            if rotation.factors.is_none() {
                rotation.fill(&gpu, None, capacity.positions);
            }
        }
        Ok(plan)
    }

    /// What a step of this extent dispatches.
    pub(crate) fn dispatches(&self, extent: Extent) -> impl Iterator<Item = &Dispatch> {
        let head: &[Dispatch] = if extent.head_rows > 0 { &self.head } else { &[] };
        self.body.iter().chain(head).filter(move |dispatch| dispatch.applies(extent))
    }
}

impl Weights {
    fn add(&mut self, weight: Weight, parts: &[(TensorId, &str)]) {
        for (part, &(id, name)) in parts.iter().enumerate() {
            self.by_name.insert(name.to_owned(), (self.all.len(), part));
            self.by_id.insert(id, self.all.len());
        }
        self.all.push(weight);
    }

    fn get(&self, id: TensorId) -> Result<&Weight, BackendError> {
        self.by_id.get(&id).map(|&i| &self.all[i]).ok_or_else(|| missing("weight"))
    }

    /// The weight that holds `name`, and which part of it that is.
    pub(crate) fn part(&mut self, name: &str) -> Option<(&mut Weight, usize)> {
        self.by_name.get(name).map(|&(i, part)| (&mut self.all[i], part))
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
    weights: Weights,
    rotations: Vec<Rotation>,
    caches: Vec<Cache>,
    /// The parts of a split attention, the same for all layers.
    parts: Option<wgpu::Buffer>,
    /// Activations as bytes, the same for all products.
    packed: Option<Packed>,
    activations: HashMap<TensorId, wgpu::Buffer>,
    /// Scratch buffers that no later unit reads.
    free: Vec<wgpu::Buffer>,
    /// For each activation, the last unit that touches it.
    last_use: HashMap<TensorId, usize>,
}

impl<'a> Lowering<'a> {
    fn new(
        kernels: &'a mut Kernels,
        program: &'a Program,
        capacity: Capacity,
        buffers: &'a StepBuffers,
        units: &[&Unit],
    ) -> Result<Self, BackendError> {
        let gpu = kernels.gpu.clone();
        let cache = program.cache();
        capacity.cache.check(program)?;
        let fresh = match capacity.cache {
            CacheFormat::F32 => None,
            CacheFormat::Q8_0 => Some(Cache::fresh(&gpu, capacity.tokens, width_of_keys(cache)?)),
        };
        let caches = (0..)
            .zip(cache)
            .map(|(layer, &kept)| Cache::new(&gpu, layer, capacity.positions, kept, fresh.as_ref()))
            .collect::<Result<_, _>>()?;
        let mut last_use = HashMap::new();
        for (i, unit) in units.iter().enumerate() {
            for id in unit.operands() {
                last_use.insert(id, i);
            }
        }
        Ok(Self {
            weights: weights(&gpu, program, units)?,
            kernels,
            program,
            capacity,
            buffers,
            rotations: Vec::new(),
            caches,
            parts: None,
            packed: None,
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

    fn release_after(&mut self, unit: usize) {
        let last_use = &self.last_use;
        let done: Vec<TensorId> = self
            .activations
            .keys()
            .copied()
            .filter(|id| last_use.get(id).is_some_and(|&last| last == unit))
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

    fn columns(&self, id: TensorId) -> usize {
        self.program.tensor(id).columns
    }

    fn activation(&self, id: TensorId) -> Result<wgpu::Buffer, BackendError> {
        self.activations.get(&id).cloned().ok_or_else(|| missing(&self.program.tensor(id).name))
    }

    fn vector(&self, id: TensorId) -> Result<wgpu::Buffer, BackendError> {
        match self.weights.get(id)? {
            weight if weight.format == Format::F32 => Ok(weight.pieces[0].quants.clone()),
            _ => Err(missing(&self.program.tensor(id).name)),
        }
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

    fn unit(&mut self, unit: &Unit) -> Result<Vec<Dispatch>, BackendError> {
        match unit {
            Unit::Product(product) => self.product(product),
            Unit::Single(Op::Attention { layer, query, shape, out }) => {
                self.attention(*layer, *query, *shape, *out)
            }
            Unit::Single(Op::Embed { table, out }) => self.embed(*table, *out),
            &Unit::Single(Op::Experts { x, weight, route, out, .. }) => self.experts(x, weight, route, out),
            Unit::Single(op) => Ok(vec![self.single(op)?]),
        }
    }

    /// One kernel for a single row, others for more.
    fn product(&mut self, p: &fuse::Product) -> Result<Vec<Dispatch>, BackendError> {
        let x = self.activation(p.x)?;
        let norm = match p.norm {
            Some(Norm { gain, eps, out }) => {
                let (gain, columns) = (self.vector(gain)?, self.columns(p.x));
                let known = self.activations.get(&out).cloned();
                Some((gain, eps, columns, known.map_or_else(|| self.allocate(out), Ok)?))
            }
            None => None,
        };
        let rotation = match p.finish {
            fuse::Finish::Qkv { rope: Some(fuse::Rope { shape, factors }), .. } => {
                Some((self.rotation(shape, factors), shape))
            }
            _ => None,
        };
        let out = match p.finish {
            fuse::Finish::Store { out } | fuse::Finish::SwiGlu { out } => Some(self.allocate(out)?),
            fuse::Finish::Add { to, out } => {
                // The sum takes the summand's place, and with it its buffer.
                let buffer = self.activations.remove(&to).ok_or_else(|| missing("summand"))?;
                self.activations.insert(out, buffer.clone());
                Some(buffer)
            }
            fuse::Finish::Qkv { query, .. } => query.map(|query| self.allocate(query)).transpose()?,
        };
        let finish = match (&p.finish, &out) {
            (fuse::Finish::Store { .. }, Some(out)) => Finish::Store(out),
            (fuse::Finish::Add { .. }, Some(out)) => Finish::Add(out),
            (fuse::Finish::SwiGlu { .. }, Some(out)) => Finish::SwiGlu(out),
            (fuse::Finish::Qkv { layer, key, value, .. }, query) => Finish::Qkv {
                rotation: rotation.as_ref().map(|(table, shape)| (table, *shape)),
                query: query.as_ref(),
                cache: if *key || *value {
                    Some(self.caches.get(*layer).ok_or_else(|| missing("cache"))?)
                } else {
                    None
                },
            },
            _ => return Err(missing("result")),
        };
        let pieces = &self.weights.get(p.weights[0])?.pieces;
        let direct = Product { x: &x, last: p.last, weight: &pieces[0], rows: p.rows, finish };
        let (kernels, step) = (&mut *self.kernels, &self.buffers.step);
        let lanes = kernels.gpu.adapter().lanes;
        let normalise = |kernels: &mut Kernels| match &norm {
            Some((gain, eps, columns, out)) => {
                let (columns, eps) = (*columns, *eps);
                let shape = NormShape { columns, width: columns, eps, rows: p.rows, last: p.last };
                ops::rms_norm(kernels, step, [&x, out], Some(gain), shape).map(Some)
            }
            None => Ok(None),
        };
        let apart = match &norm {
            Some((.., normalised)) => Product { x: normalised, last: false, ..direct },
            None => direct,
        };
        let mut dispatches = Vec::new();
        if lanes == Lanes::None {
            // Without lanes to share the work, each pair of rows would work the norm out alone.
            dispatches.extend(normalise(kernels)?);
            for weight in pieces {
                let apart = Product { weight, ..apart };
                dispatches.push(ops::matvec(kernels, step, &apart, None)?.for_rows(p.rows, 1..=1));
                dispatches.push(ops::matmul(kernels, step, &apart)?.for_rows(p.rows, 2..=u32::MAX));
            }
        } else {
            let inline = norm.as_ref().map(|(gain, eps, ..)| (gain, *eps));
            for weight in pieces {
                let direct = Product { weight, ..direct };
                dispatches.push(ops::matvec(kernels, step, &direct, inline)?.for_rows(p.rows, 1..=1));
                dispatches.push(ops::matmul_few(kernels, step, &direct, inline)?);
            }
            // The first piece is the tallest, and the first that goes to tiles.
            let many = ops::few(&direct) + 1..=u32::MAX;
            dispatches.extend(normalise(kernels)?.map(|d| d.for_rows(p.rows, many.clone())));
            let by_bytes = kernels.gpu.adapter().activations == Activations::Int8
                && p.rows == Rows::Tokens
                && ops::packs(direct.weight.format);
            if by_bytes {
                let columns = direct.weight.columns;
                let values = self.capacity.tokens * columns;
                let packed = match &self.packed {
                    Some(packed) if packed.holds(values) => packed.clone(),
                    _ => self.packed.insert(Packed::new(kernels, values)).clone(),
                };
                let quantize = ops::quantize(kernels, step, apart.x, &packed, columns)?;
                dispatches.push(quantize.for_rows(p.rows, many));
                for weight in pieces {
                    let apart = Product { weight, ..apart };
                    dispatches.push(ops::matmul_packed(kernels, step, &apart, &packed)?);
                }
            } else {
                for weight in pieces {
                    dispatches.push(ops::matmul_tiled(kernels, step, &Product { weight, ..apart })?);
                }
            }
        }
        Ok(dispatches)
    }

    /// On GPUs one kernel for a single token and another for more; before it the one that quantises what it reads.
    fn attention(
        &mut self,
        layer: usize,
        query: TensorId,
        shape: AttentionShape,
        out: TensorId,
    ) -> Result<Vec<Dispatch>, BackendError> {
        let query = self.activation(query)?;
        let out = self.allocate(out)?;
        let splits = self.kernels.gpu.adapter().lanes != Lanes::None && ops::suits_gpus(shape);
        let bytes =
            if splits { ops::parts_bytes(shape, self.capacity.positions, self.capacity.tokens) } else { 0 };
        let limit = self.kernels.gpu.largest_binding();
        if bytes > limit {
            let what = format!("a context of {} tokens takes {bytes} bytes", self.capacity.positions);
            return Err(BackendError::TooSmall(format!(
                "{what} in one buffer, of {limit}; choose a shorter one"
            )));
        }
        let parts = match &self.parts {
            Some(parts) if parts.size() >= bytes => parts.clone(),
            _ => self.parts.insert(self.kernels.gpu.storage("parts", bytes)).clone(),
        };
        let buffers = AttentionBuffers { query: &query, out: &out, parts: &parts };
        let cache = self.caches.get(layer).ok_or_else(|| missing("cache"))?;
        let (kernels, step) = (&mut *self.kernels, &self.buffers.step);
        let mut dispatches = Vec::from_iter(ops::quantize_kv(kernels, step, cache)?);
        if !splits {
            dispatches.push(ops::attention(kernels, step, buffers, cache, shape)?);
            return Ok(dispatches);
        }
        dispatches.extend(ops::attention_one(kernels, step, buffers, cache, shape)?);
        if !ops::is_wide(shape) {
            dispatches.extend(ops::attention_many(kernels, step, buffers, cache, shape)?);
        }
        Ok(dispatches)
    }

    /// A kernel for each piece of the table.
    fn embed(&mut self, table: TensorId, out: TensorId) -> Result<Vec<Dispatch>, BackendError> {
        let out = self.allocate(out)?;
        let StepBuffers { step, tokens } = self.buffers;
        let pieces = &self.weights.get(table)?.pieces;
        pieces.iter().map(|piece| ops::embed(self.kernels, step, tokens, piece, &out)).collect()
    }

    /// A kernel for each piece of the experts.
    fn experts(
        &mut self,
        x: TensorId,
        weight: TensorId,
        route: TensorId,
        out: TensorId,
    ) -> Result<Vec<Dispatch>, BackendError> {
        let (chosen, columns) = (self.columns(route) / 2, self.columns(weight));
        let counts =
            ExpertCounts { rows: self.columns(out) / chosen, chosen, shared: self.columns(x) == columns };
        let buffers = [self.activation(x)?, self.activation(route)?, self.allocate(out)?];
        let (step, buffers) = (&self.buffers.step, buffers.each_ref());
        let pieces = &self.weights.get(weight)?.pieces;
        pieces.iter().map(|piece| ops::experts(self.kernels, step, buffers, piece, counts)).collect()
    }

    fn single(&mut self, op: &Op) -> Result<Dispatch, BackendError> {
        let inputs = op.reads().into_iter().map(|id| self.activation(id)).collect::<Result<Vec<_>, _>>()?;
        let (out, columns, rows) = match op.result() {
            Some(out) => (Some(self.allocate(out)?), self.columns(out), self.rows(out)?),
            None => (None, 0, Rows::Tokens),
        };
        let step = &self.buffers.step;
        match (op, &inputs[..], &out) {
            (&Op::RmsNorm { gain, width, eps, .. }, [x], Some(out)) => {
                let gain = gain.map(|gain| self.vector(gain)).transpose()?;
                let shape = NormShape { columns, width, eps, rows, last: false };
                ops::rms_norm(self.kernels, step, [x, out], gain.as_ref(), shape)
            }
            (&Op::LayerNorm { gain, bias, eps, .. }, [x], Some(out)) => {
                let (gain, bias) = (self.vector(gain)?, self.vector(bias)?);
                ops::layer_norm(self.kernels, step, [x, &gain, &bias, out], columns, eps, rows)
            }
            (&Op::AddBias { bias, .. }, [x], Some(out)) => {
                let bias = self.vector(bias)?;
                ops::add_bias(self.kernels, step, [x, &bias, out], columns, rows)
            }
            (&Op::Rope { shape, factors, .. }, [x], Some(out)) => {
                let table = self.rotation(shape, factors);
                ops::rope(self.kernels, step, [x, &table, out], columns, shape)
            }
            (&Op::StoreKv { layer, .. }, [key, value], None) => {
                let cache = self.caches.get(layer).ok_or_else(|| missing("cache"))?;
                ops::store_kv(self.kernels, step, [key, value], cache)
            }
            (&Op::Temper { strength, floor, .. }, [x], Some(out)) => {
                ops::temper(self.kernels, step, [x, out], strength, floor, columns)
            }
            (&Op::ShortConv { layer, kernel, .. }, [x], Some(out)) => {
                let (taps, kernel) = (self.columns(kernel) / columns, self.vector(kernel)?);
                let cache = self.caches.get(layer).ok_or_else(|| missing("cache"))?;
                ops::short_conv(self.kernels, step, [x, &kernel, out], cache, taps)
            }
            (Op::SwiGlu { .. }, [gate, up], Some(out)) => {
                ops::swiglu(self.kernels, step, [gate, up, out], columns)
            }
            (Op::GeGlu { .. }, [gate, up], Some(out)) => {
                ops::geglu(self.kernels, step, [gate, up, out], columns)
            }
            (Op::Gelu { .. }, [x], Some(out)) => ops::gelu(self.kernels, step, [x, out], columns),
            (Op::Add { .. }, [a, b], Some(out)) => ops::add(self.kernels, step, [a, b, out], columns, rows),
            (&Op::Scale { factor, .. }, [x], Some(out)) => {
                ops::scale(self.kernels, step, [x, out], factor, columns, rows)
            }
            (&Op::SoftCap { cap, .. }, [x], Some(out)) => {
                ops::softcap(self.kernels, step, [x, out], cap, columns, rows)
            }
            (&Op::Columns { x: from_x, from, .. }, [x], Some(out)) => {
                let (all, range) = (self.columns(from_x), from..from + columns);
                ops::columns(self.kernels, step, [x, out], all, range, rows, false)
            }
            (Op::LastRows { .. }, [x], Some(out)) => {
                ops::columns(self.kernels, step, [x, out], columns, 0..columns, rows, true)
            }
            (&Op::Route { logits: from, chosen, gate, scale, .. }, [logits], Some(out)) => {
                let experts = self.columns(from);
                ops::route(self.kernels, step, [logits, out], experts, chosen, gate, scale)
            }
            (&Op::Combine { route: by, .. }, [x, route], Some(out)) => {
                let chosen = self.columns(by) / 2;
                ops::combine(self.kernels, step, [x, route, out], chosen, columns)
            }
            _ => Err(missing("an operation that never stands alone")),
        }
    }

    fn rows(&self, id: TensorId) -> Result<Rows, BackendError> {
        match self.program.tensor(id).storage {
            Storage::Activation(rows) => Ok(rows),
            Storage::Weight { .. } => Err(missing(&self.program.tensor(id).name)),
        }
    }
}

/// How wide keys are, the same in all layers: what is fresh of a step lies in one buffer for all.
fn width_of_keys(cache: &[LayerCache]) -> Result<usize, BackendError> {
    let mut widths = cache.iter().filter_map(|kept| match *kept {
        LayerCache::KeyValue(width) => Some(width),
        LayerCache::State(_) => None,
    });
    let first = widths.next().unwrap_or(0);
    match widths.all(|width| width == first) {
        true => Ok(first),
        false => Err(BackendError::UnsupportedCache(
            "q8_0 wants keys of one width in all layers; choose f32".into(),
        )),
    }
}

/// Reserves memory for all weights: those of one product together, the others each by itself.
fn weights(gpu: &Gpu, program: &Program, units: &[&Unit]) -> Result<Weights, BackendError> {
    let mut weights = Weights::default();
    for unit in units {
        if let Unit::Product(product) = unit
            && (product.weights.len() > 1 || matches!(product.finish, fuse::Finish::Qkv { .. }))
        {
            add_weight(gpu, program, &mut weights, &product.weights, first_pairs(program, product))?;
        }
    }
    for (id, _) in program.weights() {
        if !weights.by_id.contains_key(&id) {
            add_weight(gpu, program, &mut weights, &[id], [0; 2])?;
        }
    }
    Ok(weights)
}

fn add_weight(
    gpu: &Gpu,
    program: &Program,
    weights: &mut Weights,
    ids: &[TensorId],
    first_pairs: [u32; 2],
) -> Result<(), BackendError> {
    let mut parts = Vec::new();
    let mut named = Vec::new();
    for &id in ids {
        let tensor = program.tensor(id);
        let Storage::Weight { rows, .. } = tensor.storage else { return Err(missing(&tensor.name)) };
        if rows > 1 && !tensor.columns.is_multiple_of(GROUP) {
            let what = format!("{} has {} columns, no multiple of {GROUP}", tensor.name, tensor.columns);
            return Err(BackendError::Refused(what));
        }
        parts.push((tensor.name.as_str(), rows));
        named.push((id, tensor.name.as_str()));
    }
    let tensor = program.tensor(ids[0]);
    let Storage::Weight { format, .. } = tensor.storage else { return Err(missing(&tensor.name)) };
    weights.add(Weight::new(gpu, &parts, format, tensor.columns, first_pairs)?, &named);
    Ok(())
}

/// For queries, keys and values: the pairs of rows before the keys, and before the values.
fn first_pairs(program: &Program, product: &fuse::Product) -> [u32; 2] {
    let fuse::Finish::Qkv { query, key, .. } = product.finish else { return [0; 2] };
    let pairs = |i: usize| match program.tensor(product.weights[i]).storage {
        Storage::Weight { rows, .. } => rows as u32 / 2,
        Storage::Activation(_) => 0,
    };
    let first_key = if query.is_some() { pairs(0) } else { 0 };
    let keys = if key { pairs(usize::from(query.is_some())) } else { 0 };
    [first_key, first_key + keys]
}

fn missing(what: &str) -> BackendError {
    BackendError::Refused(format!("the program uses {what} before it is made"))
}
