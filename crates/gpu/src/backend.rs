//! The GPU as a backend: steps encoded from a plan, results read back.

use crate::{
    device::Gpu,
    kernel::{Dispatch, Extent, Kernels, Lanes},
    ops as gpu_ops,
    plan::{Capacity, Plan, StepBuffers},
    trace::{self, Span},
};
use ops::{Backend, BackendError, CacheLayout, Head, Program};

/// Most tokens of a step on a GPU: enough to fill it.
const GPU_TOKENS: usize = 512;
/// Most tokens of a step on a software adapter, where a step of more takes long without being any faster a token.
const SOFTWARE_TOKENS: usize = 64;
/// Most rows of logits of a step, and most tokens picked in one submission.
const HEAD_ROWS: usize = 64;

/// What the kernels read of a step: `shaders/lib/step.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
struct Step {
    position: u32,
    tokens: u32,
    head_rows: u32,
    picked: u32,
}

/// Runs a [`Program`] on a [`Gpu`].
pub struct GpuBackend {
    gpu: Gpu,
    plan: Plan,
    buffers: StepBuffers,
    argmax: Dispatch,
    picked: wgpu::Buffer,
    picked_back: wgpu::Buffer,
    logits_back: wgpu::Buffer,
    capacity: Capacity,
    /// Bytes of rope factors that came so far, for the rotations that wait for them.
    factors: Vec<u8>,
    head_rows: usize,
}

impl GpuBackend {
    /// Compiles `program` and reserves memory for `positions` of context. The weights come afterwards. In a browser
    /// the compiler may still be at work then; its errors come with [`Backend::ready`].
    ///
    /// # Errors
    /// [`BackendError::TooSmall`] where a limit of the adapter is passed.
    pub async fn new(gpu: Gpu, program: &Program, positions: usize) -> Result<Self, BackendError> {
        let most = if gpu.adapter().lanes == Lanes::None { SOFTWARE_TOKENS } else { GPU_TOKENS };
        let tokens = most.min(positions);
        let capacity = Capacity { positions, tokens, head_rows: HEAD_ROWS.min(tokens) };
        let mut kernels = Kernels::new(gpu.clone());
        let buffers = StepBuffers {
            step: gpu.step(size_of::<Step>() as u64),
            tokens: gpu.storage("tokens", (tokens * size_of::<u32>()) as u64),
        };
        let plan = Plan::new(&mut kernels, program, capacity, &buffers)?;
        let picked = gpu.storage("picked", (HEAD_ROWS * size_of::<u32>()) as u64);
        let argmax = gpu_ops::argmax(
            &mut kernels,
            &buffers.step,
            [&plan.logits, &picked, &buffers.tokens],
            plan.vocabulary,
        )?;
        Ok(Self {
            picked_back: gpu.readback("picked", picked.size()),
            logits_back: gpu.readback("logits", plan.logits.size()),
            gpu,
            plan,
            buffers,
            argmax,
            picked,
            capacity,
            factors: Vec::new(),
            head_rows: 0,
        })
    }

    /// Bytes of weights on the GPU.
    pub fn weight_bytes(&self) -> u64 {
        self.plan.weights.all.iter().map(|w| w.bytes()).sum()
    }

    /// Kernels dispatched for one token.
    pub fn dispatches_per_token(&self) -> usize {
        self.plan.dispatches(Extent::new(0, 1, 1)).count() + 1
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
        self.gpu.submit(|encoder| {
            encoder.copy_buffer_to_buffer(&self.picked, 0, &self.picked_back, 0, self.picked_back.size());
        });
        self.gpu.read(&self.picked_back).await.map(drop)
    }

    /// Describes the step to the kernels.
    fn begin(&mut self, position: usize, tokens: &[u32], head_rows: usize) -> Result<(), BackendError> {
        if let Some(token) = tokens.iter().find(|&&t| t as usize >= self.plan.vocabulary) {
            return Err(BackendError::Refused(format!("token {token} is not in the vocabulary")));
        }
        self.gpu.check()?;
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
        trace::spans(&self.gpu, self.plan.dispatches(extent).chain([&self.argmax]), extent).await
    }

    /// Runs each kernel once, so that what a driver does at the first run is done: some tokens, a token with little
    /// before it, a token with much.
    async fn warm_up(&mut self) -> Result<(), BackendError> {
        let last = self.capacity.positions - 1;
        if self.capacity.tokens > 1 {
            self.forward(0, &[0; 2], Head::Last).await?;
            self.logits().await?;
        }
        self.greedy(0, 0, 1).await?;
        self.greedy(last, 0, 1).await?;
        Ok(())
    }

    /// The buffer of a part of the cache, where the part begins there, and most bytes that it takes.
    fn cache_part(&self, part: usize) -> Result<(&wgpu::Buffer, u64, usize), BackendError> {
        let refused = || BackendError::Refused(format!("the cache has no part {part}"));
        let cache = self.plan.caches.get(part / 2).ok_or_else(refused)?;
        let start = if part.is_multiple_of(2) { 0 } else { cache.values_at() };
        Ok((&cache.buffer, start, cache.positions * cache.row_bytes()))
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
        weight.write(&self.gpu, part, first_block, bytes)?;
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

    async fn ready(&mut self) -> Result<(), BackendError> {
        self.check_weights()?;
        // Without a GPU a step takes longer than anything that it could save.
        if self.gpu.adapter().lanes == Lanes::None { self.settle().await } else { self.warm_up().await }
    }

    fn cache_layout(&self) -> CacheLayout {
        let row_bytes = self.plan.caches.first().map_or(0, |cache| cache.row_bytes());
        CacheLayout { parts: 2 * self.plan.caches.len(), row_bytes }
    }

    async fn read_cache(&mut self, part: usize, positions: usize) -> Result<Vec<u8>, BackendError> {
        let (cache, start, most) = self.cache_part(part)?;
        let bytes = positions * self.cache_layout().row_bytes;
        if bytes == 0 || bytes > most {
            return Err(BackendError::Refused(format!("{positions} rows of the cache")));
        }
        let back = self.gpu.readback("cache", bytes as u64);
        self.gpu.submit(|encoder| encoder.copy_buffer_to_buffer(cache, start, &back, 0, bytes as u64));
        self.gpu.read(&back).await
    }

    fn write_cache(&mut self, part: usize, rows: &[u8]) -> Result<(), BackendError> {
        let (cache, start, most) = self.cache_part(part)?;
        if rows.len() > most || !rows.len().is_multiple_of(self.cache_layout().row_bytes) {
            return Err(BackendError::Refused(format!("{} bytes of the cache", rows.len())));
        }
        self.gpu.check()?;
        self.gpu.queue.write_buffer(cache, start, rows);
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
        self.gpu.submit(|encoder| {
            encoder.copy_buffer_to_buffer(&self.plan.logits, 0, &self.logits_back, 0, bytes);
        });
        Ok(bytemuck::pod_collect_to_vec(&self.gpu.read_start(&self.logits_back, bytes).await?))
    }

    async fn greedy(&mut self, position: usize, token: u32, steps: usize) -> Result<Vec<u32>, BackendError> {
        if steps == 0 || steps > HEAD_ROWS || position + steps > self.capacity.positions {
            return Err(BackendError::Refused(format!("{steps} steps at {position}")));
        }
        self.begin(position, &[token], 1)?;
        self.gpu.submit(|encoder| {
            {
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
                for step in 0..steps {
                    let extent = Extent::new(position + step, 1, 1);
                    self.encode(&mut pass, extent);
                    self.argmax.encode(&mut pass, extent);
                }
            }
            encoder.copy_buffer_to_buffer(&self.picked, 0, &self.picked_back, 0, self.picked_back.size());
        });
        let read = self.gpu.read(&self.picked_back).await?;
        Ok(bytemuck::pod_collect_to_vec(&read[..steps * size_of::<u32>()]))
    }
}
