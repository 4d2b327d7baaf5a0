//! Kernels: one WGSL file in one variant, compiled once, bound to buffers, dispatched many times.

use crate::{
    device::Gpu,
    pipeline::Pipeline,
    shader::{self, SOURCES},
};
use ops::{BackendError, Rows};
use std::{collections::HashMap, ops::RangeInclusive, rc::Rc};

/// Who shares the columns of one row in a matrix-vector product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lanes {
    /// Nobody: one invocation a row. Quickest where there is no GPU.
    None,
    /// The lanes of a subgroup.
    Subgroup,
    /// The lanes of a workgroup: for GPUs without subgroups.
    Workgroup,
}

/// What a prompt's activations are in products with a quantised weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Activations {
    /// What they are everywhere else.
    #[default]
    F32,
    /// Signed bytes, a scale for each 32 of them: quicker where a GPU multiplies four bytes at once, and as inexact as
    /// llama.cpp is on processors.
    Int8,
}

/// One variant of one kernel.
pub(crate) struct Kernel {
    stem: &'static str,
    defines: Vec<(&'static str, String)>,
    constants: Vec<(&'static str, f64)>,
}

impl Kernel {
    pub(crate) fn new(stem: &'static str) -> Self {
        Self { stem, defines: Vec::new(), constants: Vec::new() }
    }

    /// A definition for the linker.
    pub(crate) fn define(mut self, name: &'static str, value: impl ToString) -> Self {
        self.defines.push((name, value.to_string()));
        self
    }

    /// The value of an `override`.
    pub(crate) fn constant(mut self, name: &'static str, value: impl Into<f64>) -> Self {
        self.constants.push((name, value.into()));
        self
    }

    fn key(&self) -> String {
        format!("{} {:?} {:?}", self.stem, self.defines, self.constants)
    }

    /// The stem with what a reader of timings tells variants apart by.
    fn name(&self) -> String {
        let telling = self
            .defines
            .iter()
            .filter(|(name, _)| matches!(*name, "FINISH" | "FORMAT" | "SPLITS" | "LANES_team"));
        telling.fold(self.stem.to_owned(), |name, (define, value)| match *define {
            "SPLITS" => name + " in splits",
            "LANES_team" => name + " by teams",
            _ => name + " " + value,
        })
    }
}

/// A buffer at a binding.
pub(crate) struct Bind<'a> {
    binding: u32,
    buffer: &'a wgpu::Buffer,
    kind: wgpu::BufferBindingType,
}

pub(crate) fn read(binding: u32, buffer: &wgpu::Buffer) -> Bind<'_> {
    Bind { binding, buffer, kind: wgpu::BufferBindingType::Storage { read_only: true } }
}

pub(crate) fn write(binding: u32, buffer: &wgpu::Buffer) -> Bind<'_> {
    Bind { binding, buffer, kind: wgpu::BufferBindingType::Storage { read_only: false } }
}

pub(crate) fn uniform(binding: u32, buffer: &wgpu::Buffer) -> Bind<'_> {
    Bind { binding, buffer, kind: wgpu::BufferBindingType::Uniform }
}

/// What a step works on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// Rows that the cache holds before.
    pub(crate) position: u32,
    /// T.
    pub(crate) tokens: u32,
    /// Rows that become logits.
    pub(crate) head_rows: u32,
}

impl Extent {
    pub(crate) fn new(position: usize, tokens: usize, head_rows: usize) -> Self {
        Self { position: position as u32, tokens: tokens as u32, head_rows: head_rows as u32 }
    }

    pub(crate) fn rows(self, rows: Rows) -> u32 {
        match rows {
            Rows::Tokens => self.tokens,
            Rows::Head => self.head_rows,
        }
    }

    fn context(self) -> u32 {
        self.position + self.tokens
    }
}

/// How many workgroups one dimension of a dispatch has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    /// The same at every step.
    Fixed(u32),
    /// One for so many rows.
    Rows(Rows, u32),
    /// So many for each row.
    Each(Rows, u32),
    /// One for so many positions of context.
    Context(u32),
}

impl Count {
    fn of(self, extent: Extent) -> u32 {
        match self {
            Self::Fixed(n) => n,
            Self::Rows(rows, each) => extent.rows(rows).div_ceil(each),
            Self::Each(rows, count) => extent.rows(rows) * count,
            Self::Context(each) => extent.context().div_ceil(each),
        }
    }
}

/// A kernel with its buffers.
pub(crate) struct Dispatch {
    pub(crate) name: Rc<str>,
    pipeline: Rc<Pipeline>,
    bind_group: wgpu::BindGroup,
    grid: [Count; 3],
    /// The steps that it takes part in: by the number of rows, and by the length of the context.
    rows: (Rows, RangeInclusive<u32>),
    context: RangeInclusive<u32>,
}

impl Dispatch {
    /// So many workgroups in the third dimension.
    pub(crate) fn deep(mut self, count: Count) -> Self {
        self.grid[2] = count;
        self
    }

    /// Only for steps with so many rows.
    pub(crate) fn for_rows(mut self, rows: Rows, range: RangeInclusive<u32>) -> Self {
        self.rows = (rows, range);
        self
    }

    /// Only for steps whose context is so long.
    pub(crate) fn for_context(mut self, range: RangeInclusive<u32>) -> Self {
        self.context = range;
        self
    }

    /// Whether a step of this extent needs it.
    pub(crate) fn applies(&self, extent: Extent) -> bool {
        self.rows.1.contains(&extent.rows(self.rows.0)) && self.context.contains(&extent.context())
    }

    pub(crate) fn encode(&self, pass: &mut wgpu::ComputePass<'_>, extent: Extent) {
        pass.set_pipeline(self.pipeline.get());
        pass.set_bind_group(0, &self.bind_group, &[]);
        let [x, y, z] = self.grid.map(|count| count.of(extent));
        pass.dispatch_workgroups(x, y, z);
    }
}

/// Kernels, each variant once.
pub(crate) struct Kernels {
    pub(crate) gpu: Gpu,
    pipelines: HashMap<String, Rc<Pipeline>>,
}

impl Kernels {
    pub(crate) fn new(gpu: Gpu) -> Self {
        Self { gpu, pipelines: HashMap::new() }
    }

    /// `kernel` over `binds`, on as many workgroups as `grid` says.
    pub(crate) fn dispatch(
        &mut self,
        kernel: &Kernel,
        binds: &[Bind<'_>],
        grid: [Count; 2],
    ) -> Result<Dispatch, BackendError> {
        let key = kernel.key();
        let pipeline = match self.pipelines.get(&key) {
            Some(pipeline) => Rc::clone(pipeline),
            None => {
                let pipeline = Rc::new(self.link(kernel, binds)?);
                self.pipelines.insert(key, Rc::clone(&pipeline));
                pipeline
            }
        };
        let entries: Vec<_> = binds
            .iter()
            .map(|b| wgpu::BindGroupEntry { binding: b.binding, resource: b.buffer.as_entire_binding() })
            .collect();
        let bind_group = self.gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(kernel.stem),
            layout: &pipeline.layout,
            entries: &entries,
        });
        Ok(Dispatch {
            name: kernel.name().into(),
            pipeline,
            bind_group,
            grid: [grid[0], grid[1], Count::Fixed(1)],
            rows: (Rows::Tokens, 0..=u32::MAX),
            context: 0..=u32::MAX,
        })
    }

    fn link(&self, kernel: &Kernel, binds: &[Bind<'_>]) -> Result<Pipeline, BackendError> {
        // Chromium wants its extensions enabled; naga knows them without, and refuses the line.
        let source = shader::link(SOURCES, kernel.stem, &kernel.defines, cfg!(target_arch = "wasm32"))
            .map_err(|e| BackendError::Refused(e.to_string()))?;
        let bindings: Vec<_> = binds.iter().map(|b| (b.binding, b.kind)).collect();
        Ok(Pipeline::new(&self.gpu, kernel.stem, source, &bindings, kernel.constants.clone()))
    }

    /// Begins to compile all that was asked for so far.
    pub(crate) fn begin(&self) {
        self.pipelines.values().for_each(|pipeline| pipeline.begin(self.gpu.compiler.as_ref()));
    }

    /// Waits for what was begun.
    pub(crate) async fn finish(&self) {
        for pipeline in self.pipelines.values() {
            pipeline.finish().await;
        }
    }
}
