//! The GPU as a backend: steps encoded from a plan, results read back.

use crate::{
    chooser::{Chooser, Ends},
    device::Gpu,
    kernel::Kernels,
    plan::{Capacity, Plan, Stage, StepBuffers},
};
use ops::{Backend, BackendError, Choice, Head, MOST_VERIFIED, Program, Rows};

/// Most tokens of a step.
const STEP_TOKENS: usize = 64;

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
    kernels: Kernels,
    plan: Plan,
    buffers: StepBuffers,
    chooser: Chooser,
    picked: wgpu::Buffer,
    picked_back: wgpu::Buffer,
    logits_back: wgpu::Buffer,
    capacity: Capacity,
    /// Bytes of rope factors that came so far, for the rotations that wait for them.
    factors: Vec<u8>,
    head_rows: usize,
}

impl GpuBackend {
    /// Compiles `program` and reserves memory for `positions` of context. The weights come afterwards.
    ///
    /// # Errors
    /// [`BackendError::TooSmall`] where a limit of the adapter is passed.
    pub async fn new(gpu: Gpu, program: &Program, positions: usize) -> Result<Self, BackendError> {
        let tokens = STEP_TOKENS.min(positions);
        let capacity = Capacity { positions, tokens, head_rows: tokens };
        let mut kernels = Kernels::new(gpu.clone());
        let buffers = StepBuffers {
            step: gpu.storage("step", size_of::<Step>() as u64),
            tokens: gpu.storage("tokens", (tokens * size_of::<u32>()) as u64),
        };
        let plan = Plan::new(&mut kernels, program, capacity, &buffers)?;
        let picked = gpu.storage("picked", (STEP_TOKENS * size_of::<u32>()) as u64);
        let ends = Ends {
            logits: plan.logits.clone(),
            step: buffers.step.clone(),
            picked: picked.clone(),
            tokens: buffers.tokens.clone(),
            vocabulary: plan.vocabulary,
        };
        let chooser = Chooser::new(&mut kernels, ends)?;
        let backend = Self {
            picked_back: gpu.readback("picked", picked.size()),
            logits_back: gpu.readback("logits", (tokens * plan.vocabulary * size_of::<f32>()) as u64),
            gpu,
            kernels,
            plan,
            buffers,
            chooser,
            picked,
            capacity,
            factors: Vec::new(),
            head_rows: 0,
        };
        // Errors of compilation and allocation come with the first readback.
        backend.settle().await?;
        Ok(backend)
    }

    /// Bytes of weights on the GPU.
    pub fn weight_bytes(&self) -> u64 {
        self.plan.weights.values().map(|w| w.bytes()).sum()
    }

    /// Kernels dispatched for one token.
    pub fn dispatches_per_token(&self) -> usize {
        self.plan.body.len() + self.plan.head.len() + 2
    }

    /// Fails unless every weight has come whole.
    ///
    /// # Errors
    /// [`BackendError::Refused`] with the name of one that has not.
    pub fn check_weights(&self) -> Result<(), BackendError> {
        match self.plan.weights.values().find(|w| !w.is_complete()) {
            Some(weight) => Err(BackendError::Refused(format!("{} did not come whole", weight.name()))),
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

    fn encode(&self, pass: &mut wgpu::ComputePass<'_>, tokens: u32, head_rows: u32) {
        let head: &[Stage] = if head_rows > 0 { &self.plan.head } else { &[] };
        for stage in self.plan.body.iter().chain(head) {
            let dispatch = match stage {
                Stage::Any(dispatch) => dispatch,
                Stage::ByRows { rows, one, many } => {
                    let rows = match rows {
                        Rows::Tokens => tokens,
                        Rows::Head => head_rows,
                    };
                    if rows == 1 { one } else { many }
                }
            };
            dispatch.encode(pass, tokens, head_rows);
        }
    }
}

impl Backend for GpuBackend {
    fn max_step_tokens(&self) -> usize {
        self.capacity.tokens
    }

    fn capacity(&self) -> usize {
        self.capacity.positions
    }

    fn write_weight(&mut self, name: &str, first_block: u64, bytes: &[u8]) -> Result<(), BackendError> {
        let Some(weight) = self.plan.weights.get_mut(name) else {
            return Err(BackendError::Refused(format!("the program has no weight {name}")));
        };
        weight.write(&self.gpu, first_block, bytes)?;
        let mut waiting =
            self.plan.rotations.iter().filter(|r| r.factors.as_deref() == Some(name)).peekable();
        if waiting.peek().is_some() {
            self.factors.extend_from_slice(bytes);
            if weight.is_complete() {
                let factors: Vec<f32> = bytemuck::pod_collect_to_vec(&std::mem::take(&mut self.factors));
                waiting.for_each(|r| r.fill(&self.gpu, Some(&factors), self.capacity.positions));
            }
        }
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
        self.begin(position, tokens, head_rows)?;
        self.gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            self.encode(&mut pass, tokens.len() as u32, head_rows as u32);
        });
        // Without logits to wait for, this keeps the next step from piling up behind this one.
        if head == Head::None { self.settle().await } else { Ok(()) }
    }

    async fn logits(&mut self) -> Result<Vec<f32>, BackendError> {
        let bytes = self.head_rows * self.plan.vocabulary * size_of::<f32>();
        self.gpu.submit(|encoder| {
            encoder.copy_buffer_to_buffer(&self.plan.logits, 0, &self.logits_back, 0, bytes as u64);
        });
        let read = self.gpu.read(&self.logits_back).await?;
        Ok(bytemuck::pod_collect_to_vec(&read[..bytes]))
    }

    async fn decode(
        &mut self,
        position: usize,
        tokens: &[u32],
        steps: usize,
        choice: &Choice,
    ) -> Result<Vec<u32>, BackendError> {
        let end = position + tokens.len();
        let fits = tokens.len() <= self.capacity.tokens && end + steps <= self.capacity.positions + 1;
        if tokens.is_empty() || steps == 0 || steps > STEP_TOKENS || !fits {
            return Err(BackendError::Refused(format!(
                "{} tokens and {steps} steps at {position}",
                tokens.len()
            )));
        }
        self.begin(position, tokens, 1)?;
        self.chooser.set(&mut self.kernels, choice, end)?;
        self.gpu.submit(|encoder| {
            {
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
                for step in 0..steps {
                    let tokens = if step == 0 { tokens.len() } else { 1 };
                    self.encode(&mut pass, tokens as u32, 1);
                    self.chooser.encode(&mut pass);
                }
            }
            encoder.copy_buffer_to_buffer(&self.picked, 0, &self.picked_back, 0, self.picked_back.size());
        });
        let read = self.gpu.read(&self.picked_back).await?;
        Ok(bytemuck::pod_collect_to_vec(&read[..steps * size_of::<u32>()]))
    }

    async fn verify(&mut self, position: usize, tokens: &[u32]) -> Result<Vec<u32>, BackendError> {
        let most = MOST_VERIFIED.min(self.capacity.head_rows);
        if tokens.is_empty() || tokens.len() > most || position + tokens.len() > self.capacity.positions {
            return Err(BackendError::Refused(format!("{} tokens to verify at {position}", tokens.len())));
        }
        self.begin(position, tokens, tokens.len())?;
        let rows = tokens.len() as u32;
        self.gpu.submit(|encoder| {
            {
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
                self.encode(&mut pass, rows, rows);
                self.chooser.encode_rows(&mut pass, rows);
            }
            encoder.copy_buffer_to_buffer(&self.picked, 0, &self.picked_back, 0, self.picked_back.size());
        });
        let read = self.gpu.read(&self.picked_back).await?;
        Ok(bytemuck::pod_collect_to_vec(&read[..size_of_val(tokens)]))
    }
}
