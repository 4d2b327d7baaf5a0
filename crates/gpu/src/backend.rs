//! The GPU as a backend: steps encoded from a plan, results read back.

use crate::{
    cache::Plane,
    chooser::{Chooser, Ends},
    device::{Adapter, Gpu, Mapping},
    kernel::{Extent, Kernels, Lanes},
    ops::FEW,
    plan::{Capacity, Plan, StepBuffers},
    planes::Planes,
    trace::{self, Span},
};
use ops::{Backend, BackendError, CacheFormat, CacheLayout, Choice, Head, MOST_VERIFIED, Program, Steps};
use std::mem::offset_of;

/// Most tokens of a step on a GPU: enough to fill it.
pub(crate) const GPU_TOKENS: usize = 512;
/// Most tokens of a step on a software adapter, where a step of more takes long without being any faster a token.
const SOFTWARE_TOKENS: usize = 64;
/// Most tokens of a step that warms up: enough for the kernels that many tokens take.
const WARM_TOKENS: usize = FEW as usize + 1;
/// Most rows of logits of a step, and most tokens picked in one submission.
pub(crate) const HEAD_ROWS: usize = 64;

/// What the kernels read of a step: `shaders/lib/step.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Step {
    position: u32,
    tokens: u32,
    head_rows: u32,
    picked: u32,
}

/// Tokens that are being chosen.
struct Batch {
    steps: usize,
    mapping: Mapping,
}

/// A batch begun before it was asked for.
struct Ahead {
    batch: Batch,
    position: usize,
    /// The token that it goes on from, once that is known.
    after: Option<u32>,
    choice: Choice,
}

impl Ahead {
    /// Whether this is the batch asked for.
    fn is(&self, position: usize, tokens: &[u32], steps: usize, choice: &Choice) -> bool {
        self.position == position
            && tokens.len() == 1
            && self.after == tokens.first().copied()
            && self.batch.steps == steps
            && self.choice.has_rules_of(choice)
    }
}

/// Runs a [`Program`] on a [`Gpu`].
pub struct GpuBackend {
    gpu: Gpu,
    kernels: Kernels,
    plan: Plan,
    /// The weights that came last, kept so that the next ones find memory.
    planes: Planes,
    buffers: StepBuffers,
    chooser: Chooser,
    picked: wgpu::Buffer,
    /// Two, for one batch may be on its way back while the next is begun.
    picked_back: [wgpu::Buffer; 2],
    ahead: Option<Ahead>,
    logits_back: wgpu::Buffer,
    capacity: Capacity,
    /// Bytes of rope factors that came so far, for the rotations that wait for them.
    factors: Vec<u8>,
    head_rows: usize,
}

impl GpuBackend {
    /// Compiles `program` and reserves memory for `positions` of context, kept in `cache`. The weights come afterwards.
    /// In a browser the compiler may still be at work then; its errors come with [`Backend::ready`].
    ///
    /// # Errors
    /// [`BackendError::TooSmall`] where a limit of the adapter is passed, [`BackendError::UnsupportedCache`] where the
    /// format does not suit the program.
    pub async fn new(
        gpu: Gpu,
        program: &Program,
        positions: usize,
        cache: CacheFormat,
    ) -> Result<Self, BackendError> {
        let most = if gpu.adapter().lanes == Lanes::None { SOFTWARE_TOKENS } else { GPU_TOKENS };
        let tokens = most.min(positions);
        let capacity = Capacity { positions, tokens, head_rows: HEAD_ROWS.min(tokens), cache };
        let mut kernels = Kernels::new(gpu.clone());
        let buffers = StepBuffers {
            step: gpu.step(size_of::<Step>() as u64),
            tokens: gpu.storage("tokens", (tokens * size_of::<u32>()) as u64),
        };
        let plan = Plan::new(&mut kernels, program, capacity, &buffers)?;
        let picked = gpu.storage("picked", (HEAD_ROWS * size_of::<u32>()) as u64);
        let ends = Ends {
            logits: plan.logits.clone(),
            step: buffers.step.clone(),
            picked: picked.clone(),
            tokens: buffers.tokens.clone(),
            vocabulary: plan.vocabulary,
        };
        let chooser = Chooser::new(&mut kernels, ends)?;
        kernels.begin();
        Ok(Self {
            picked_back: [0, 1].map(|_| gpu.readback("picked", picked.size())),
            ahead: None,
            logits_back: gpu.readback("logits", plan.logits.size()),
            gpu,
            kernels,
            plan,
            planes: Planes::default(),
            buffers,
            chooser,
            picked,
            capacity,
            factors: Vec::new(),
            head_rows: 0,
        })
    }

    /// What it runs on.
    pub fn adapter(&self) -> &Adapter {
        self.gpu.adapter()
    }

    /// Bytes of weights on the GPU.
    pub fn weight_bytes(&self) -> u64 {
        self.plan.weights.all.iter().map(|w| w.bytes()).sum()
    }

    /// Kernels dispatched for one token.
    pub fn dispatches_per_token(&self) -> usize {
        self.plan.dispatches(Extent::new(0, 1, 1)).count() + self.chooser.dispatches().len()
    }

    /// Fails unless every weight has come whole.
    fn check_weights(&self) -> Result<(), BackendError> {
        match self.plan.weights.all.iter().find_map(|w| w.incomplete()) {
            Some(name) => Err(BackendError::Refused(format!("{name} did not come whole"))),
            None => Ok(()),
        }
    }

    /// Waits until the GPU has done everything.
    async fn settle(&self) -> Result<(), BackendError> {
        let back = &self.picked_back[0];
        self.gpu.submit_for([&self.picked, back], back.size(), |_| {}).watch(&self.gpu).await.map(drop)
    }

    /// Describes the step to the kernels.
    fn begin(&mut self, position: usize, tokens: &[u32], head_rows: usize) -> Result<(), BackendError> {
        if let Some(token) = tokens.iter().find(|&&t| t as usize >= self.plan.vocabulary) {
            return Err(BackendError::Refused(format!("token {token} is not in the vocabulary")));
        }
        self.gpu.check()?;
        self.ahead.take().into_iter().for_each(|ahead| ahead.batch.mapping.forget());
        self.head_rows = head_rows;
        let step = Step {
            position: position as u32,
            tokens: tokens.len() as u32,
            head_rows: head_rows as u32,
            picked: 0,
        };
        self.gpu.queue.write_buffer(&self.buffers.tokens, 0, bytemuck::cast_slice(tokens));
        self.gpu.queue.write_buffer(&self.buffers.step, 0, bytemuck::bytes_of(&step));
        Ok(())
    }

    /// Runs one step of `tokens` at `position` with each kernel in a pass of its own, and gives how long each took.
    ///
    /// The cache's rows at these positions are overwritten. Kernels take longer alone than in one pass together.
    ///
    /// # Errors
    /// [`BackendError::Refused`] where the adapter has no timestamps.
    pub async fn trace(&mut self, position: usize, tokens: usize) -> Result<Vec<Span>, BackendError> {
        self.begin(position, &vec![0; tokens], 1)?;
        let extent = Extent::new(position, tokens, 1);
        let dispatches = self.plan.dispatches(extent).chain(self.chooser.dispatches());
        trace::spans(&self.gpu, dispatches, extent).await
    }

    /// Whether `steps` tokens fit that are chosen from position `end` on.
    fn has_room(&self, end: usize, steps: usize) -> bool {
        (1..=HEAD_ROWS).contains(&steps) && end + steps <= self.capacity.positions + 1
    }

    /// Runs what the step buffers describe, `tokens` at `position`, and goes on from there.
    fn submit_steps(&mut self, position: usize, tokens: usize, steps: usize) -> Batch {
        self.picked_back.swap(0, 1);
        let back = &self.picked_back[0];
        let mapping = self.gpu.submit_for([&self.picked, back], back.size(), |encoder| {
            encoder.clear_buffer(&self.buffers.step, offset_of!(Step, picked) as u64, Some(4));
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for step in 0..steps {
                let extent = match step {
                    0 => Extent::new(position, tokens, 1),
                    _ => Extent::new(position + tokens + step - 1, 1, 1),
                };
                self.encode(&mut pass, extent);
                self.chooser.dispatches().iter().for_each(|dispatch| dispatch.encode(&mut pass, extent));
            }
        });
        Batch { steps, mapping }
    }

    /// Runs each kernel once, so that what a driver does at the first run is done: many tokens and few, each with little
    /// before them and with much. Waits for all of it together.
    async fn warm_up(&mut self) -> Result<(), BackendError> {
        for tokens in [WARM_TOKENS.min(self.capacity.tokens), 2.min(self.capacity.tokens), 1] {
            for position in [0, self.capacity.positions - tokens] {
                self.begin(position, &vec![0; tokens], 1)?;
                let extent = Extent::new(position, tokens, 1);
                self.gpu.submit(|encoder| {
                    let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
                    self.encode(&mut pass, extent);
                    self.chooser.dispatches().iter().for_each(|dispatch| dispatch.encode(&mut pass, extent));
                });
            }
        }
        self.settle().await
    }

    /// Bytes of one position of a layer.
    fn row_bytes(&self, layer: usize) -> usize {
        self.plan.caches.get(layer).map_or(0, |cache| self.capacity.cache.row_bytes(cache.kept()))
    }

    /// Where so many bytes of a layer are kept.
    fn cache_planes(&self, layer: usize, bytes: usize) -> Result<Vec<Plane<'_>>, BackendError> {
        let row = self.row_bytes(layer);
        match self.plan.caches.get(layer) {
            Some(cache)
                if bytes > 0 && bytes.is_multiple_of(row) && bytes <= row * self.capacity.positions =>
            {
                Ok(cache.planes())
            }
            _ => Err(BackendError::Refused(format!("{bytes} bytes of layer {layer} of the cache"))),
        }
    }

    fn encode(&self, pass: &mut wgpu::ComputePass<'_>, extent: Extent) {
        for dispatch in self.plan.dispatches(extent) {
            dispatch.encode(pass, extent);
        }
    }
}

impl Backend for GpuBackend {
    fn max_step_tokens(&self) -> usize {
        self.capacity.tokens
    }

    fn max_head_rows(&self) -> usize {
        self.capacity.head_rows
    }

    fn capacity(&self) -> usize {
        self.capacity.positions
    }

    fn write_weight(&mut self, name: &str, first_block: u64, bytes: &[u8]) -> Result<(), BackendError> {
        self.gpu.check()?;
        let Some((weight, part)) = self.plan.weights.part(name) else {
            return Err(BackendError::Refused(format!("the program has no weight {name}")));
        };
        weight.write(&self.gpu, part, first_block, bytes, &mut self.planes)?;
        let complete = weight.incomplete().is_none();
        let mut waiting =
            self.plan.rotations.iter().filter(|r| r.factors.as_deref() == Some(name)).peekable();
        if waiting.peek().is_some() {
            self.factors.extend_from_slice(bytes);
            if complete {
                let factors: Vec<f32> = bytemuck::pod_collect_to_vec(&std::mem::take(&mut self.factors));
                waiting.for_each(|r| r.fill(&self.gpu, Some(&factors), self.capacity.positions));
            }
        }
        Ok(())
    }

    async fn ready(&mut self) -> Result<bool, BackendError> {
        self.check_weights()?;
        self.planes = Planes::default();
        self.kernels.finish().await;
        // Without a GPU a step takes longer than anything that it could save.
        let adapter = self.gpu.adapter();
        let is_quick = adapter.lanes != Lanes::None && !adapter.software;
        if is_quick {
            self.warm_up().await?
        } else {
            self.settle().await?
        }
        Ok(is_quick)
    }

    fn cache_layout(&self) -> CacheLayout {
        let format = self.capacity.cache;
        let row_bytes = self.plan.caches.iter().map(|cache| format.row_bytes(cache.kept())).collect();
        CacheLayout { format, row_bytes }
    }

    async fn read_cache(&mut self, layer: usize, positions: usize) -> Result<Vec<u8>, BackendError> {
        let bytes = positions * self.row_bytes(layer);
        let planes = self.cache_planes(layer, bytes)?;
        let bytes = bytes as u64;
        let back = self.gpu.readback("cache", bytes);
        let submission = self.gpu.submit(|encoder| {
            let mut at = 0;
            for Plane { buffer, start, row_bytes } in planes {
                let bytes = (positions * row_bytes) as u64;
                encoder.copy_buffer_to_buffer(buffer, start, &back, at, bytes);
                at += bytes;
            }
        });
        self.gpu.map(&back, bytes, submission).finish(&self.gpu).await
    }

    fn write_cache(&mut self, layer: usize, rows: &[u8]) -> Result<(), BackendError> {
        let planes = self.cache_planes(layer, rows.len())?;
        self.gpu.check()?;
        let positions = rows.len() / self.row_bytes(layer);
        let mut rest = rows;
        for Plane { buffer, start, row_bytes } in planes {
            let plane;
            (plane, rest) = rest.split_at(positions * row_bytes);
            self.gpu.queue.write_buffer(buffer, start, plane);
        }
        self.gpu.queue.submit([]);
        Ok(())
    }

    async fn forward(&mut self, position: usize, tokens: &[u32], head: Head) -> Result<(), BackendError> {
        let end = position + tokens.len();
        if tokens.is_empty() || tokens.len() > self.capacity.tokens || end > self.capacity.positions {
            return Err(BackendError::Refused(format!("{} tokens at {position}", tokens.len())));
        }
        let head_rows = match head {
            Head::None => 0,
            Head::Last => 1,
            Head::All => tokens.len(),
        };
        if head_rows > self.capacity.head_rows {
            return Err(BackendError::Refused(format!("{head_rows} rows of logits")));
        }
        self.begin(position, tokens, head_rows)?;
        let extent = Extent::new(position, tokens.len(), head_rows);
        self.gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            self.encode(&mut pass, extent);
        });
        // Without logits to wait for, this keeps the next step from piling up behind this one.
        if head == Head::None { self.settle().await } else { Ok(()) }
    }

    async fn logits(&mut self) -> Result<Vec<f32>, BackendError> {
        let bytes = (self.head_rows * self.plan.vocabulary * size_of::<f32>()) as u64;
        let mapping = self.gpu.submit_for([&self.plan.logits, &self.logits_back], bytes, |_| {});
        Ok(bytemuck::pod_collect_to_vec(&mapping.finish(&self.gpu).await?))
    }

    async fn decode(
        &mut self,
        position: usize,
        tokens: &[u32],
        steps: Steps,
        choice: &Choice,
    ) -> Result<Vec<u32>, BackendError> {
        let end = position + tokens.len();
        if tokens.is_empty() || tokens.len() > self.capacity.tokens || !self.has_room(end, steps.now) {
            let what = format!("{} tokens and {} steps at {position}", tokens.len(), steps.now);
            return Err(BackendError::Refused(what));
        }
        let batch = match self.ahead.take() {
            Some(ahead) if ahead.is(position, tokens, steps.now, choice) => ahead.batch,
            other => {
                self.ahead = other;
                self.begin(position, tokens, 1)?;
                self.chooser.set(&mut self.kernels, choice, end)?;
                self.submit_steps(position, tokens.len(), steps.now)
            }
        };
        let next = end + steps.now - 1;
        let goes_on = self.gpu.adapter().lanes != Lanes::None && steps.ahead > 0;
        if goes_on && self.has_room(next + 1, steps.ahead) {
            let batch = self.submit_steps(next, 1, steps.ahead);
            self.ahead = Some(Ahead { batch, position: next, after: None, choice: choice.clone() });
        }
        let read = match self.ahead {
            // While the next batch is under way, nobody waits for this one.
            Some(_) => batch.mapping.finish(&self.gpu).await?,
            None => batch.mapping.watch(&self.gpu).await?,
        };
        let picked: Vec<u32> = bytemuck::pod_collect_to_vec(&read[..batch.steps * size_of::<u32>()]);
        if let Some(ahead) = &mut self.ahead {
            ahead.after = picked.last().copied();
        }
        Ok(picked)
    }

    async fn verify(&mut self, position: usize, tokens: &[u32]) -> Result<Vec<u32>, BackendError> {
        let most = MOST_VERIFIED.min(self.capacity.head_rows);
        if tokens.is_empty() || tokens.len() > most || position + tokens.len() > self.capacity.positions {
            return Err(BackendError::Refused(format!("{} tokens to verify at {position}", tokens.len())));
        }
        self.begin(position, tokens, tokens.len())?;
        let extent = Extent::new(position, tokens.len(), tokens.len());
        let (back, bytes) = (&self.picked_back[0], size_of_val(tokens) as u64);
        let mapping = self.gpu.submit_for([&self.picked, back], bytes, |encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            self.encode(&mut pass, extent);
            self.chooser.row_dispatches().iter().for_each(|dispatch| dispatch.encode(&mut pass, extent));
        });
        Ok(bytemuck::pod_collect_to_vec(&mapping.watch(&self.gpu).await?))
    }
}
