//! Compiled kernels: compiled beside one another and beside the loading of the weights, where that is possible.

use crate::{
    browser_compiler::{BrowserCompiler, BrowserKernel, Compiling},
    device::Gpu,
};
use std::{cell::RefCell, sync::OnceLock};
// Threads share kernels natively; in a browser there are none, and wgpu's types are bound to one.
#[cfg(target_arch = "wasm32")]
use std::rc::Rc as Shared;
#[cfg(not(target_arch = "wasm32"))]
use std::sync::Arc as Shared;

/// A kernel with its layout, compiled when it is first needed, or begun before.
pub(crate) struct Pipeline {
    pub(crate) layout: wgpu::BindGroupLayout,
    compiled: Shared<Compiled>,
    /// What the browser is compiling.
    coming: RefCell<Option<Compiling>>,
}

/// What it takes to compile, and what came of it.
struct Compiled {
    device: wgpu::Device,
    label: &'static str,
    source: String,
    bindings: Vec<(u32, &'static str)>,
    layout: wgpu::PipelineLayout,
    constants: Vec<(&'static str, f64)>,
    pipeline: OnceLock<wgpu::ComputePipeline>,
}

impl Compiled {
    fn get(&self) -> &wgpu::ComputePipeline {
        let device = &self.device;
        self.pipeline.get_or_init(|| {
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(self.label),
                source: wgpu::ShaderSource::Wgsl(self.source.as_str().into()),
            });
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(self.label),
                layout: Some(&self.layout),
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions {
                    constants: &self.constants,
                    // No kernel reads workgroup memory that it has not written.
                    zero_initialize_workgroup_memory: false,
                },
                cache: None,
            })
        })
    }
}

impl Pipeline {
    /// `source` is WGSL whose `main` has these bindings.
    pub(crate) fn new(
        gpu: &Gpu,
        label: &'static str,
        source: String,
        bindings: &[(u32, wgpu::BufferBindingType)],
        constants: Vec<(&'static str, f64)>,
    ) -> Self {
        let entries: Vec<_> = bindings
            .iter()
            .map(|&(binding, ty)| wgpu::BindGroupLayoutEntry {
                binding,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
                count: None,
            })
            .collect();
        let layout = gpu.device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some(label),
            entries: &entries,
        });
        let pipeline_layout = gpu.device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some(label),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let compiled = Compiled {
            device: gpu.device.clone(),
            label,
            source,
            bindings: bindings.iter().map(|&(binding, ty)| (binding, browser_type(ty))).collect(),
            layout: pipeline_layout,
            constants,
            pipeline: OnceLock::new(),
        };
        Self { layout, compiled: Shared::new(compiled), coming: RefCell::new(None) }
    }

    /// Begins to compile, beside everything else.
    pub(crate) fn begin(&self, compiler: Option<&BrowserCompiler>) {
        let compiled = &self.compiled;
        if let Some(compiler) = compiler {
            *self.coming.borrow_mut() = Some(compiler.compile(BrowserKernel {
                code: compiled.source.clone(),
                bindings: compiled.bindings.clone(),
                constants: compiled.constants.clone(),
            }));
        }
        #[cfg(not(target_arch = "wasm32"))]
        {
            let compiled = Shared::clone(compiled);
            // Whoever needs the pipeline waits for it; nobody needs the thread.
            std::thread::spawn(move || {
                compiled.get();
            });
        }
    }

    /// Waits for what was begun.
    pub(crate) async fn finish(&self) {
        let coming = self.coming.borrow_mut().take();
        if let Some(coming) = coming {
            let kept = coming.await;
            self.get();
            // The browser forgets a kernel that nobody holds; now wgpu does.
            drop(kept);
        }
    }

    /// Compiles it unless it is compiled.
    pub(crate) fn get(&self) -> &wgpu::ComputePipeline {
        self.compiled.get()
    }
}

fn browser_type(ty: wgpu::BufferBindingType) -> &'static str {
    match ty {
        wgpu::BufferBindingType::Uniform => "uniform",
        wgpu::BufferBindingType::Storage { read_only: true } => "read-only-storage",
        wgpu::BufferBindingType::Storage { read_only: false } => "storage",
    }
}
