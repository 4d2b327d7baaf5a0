//! The adapter, the device on it, and what it can do.

use crate::{Activations, Lanes, browser_compiler::BrowserCompiler, browser_moment::BrowserMoment};
use ops::BackendError;
use std::sync::{Arc, Mutex};

/// What the caller knows of the adapter, or wants of it.
#[derive(Clone, Debug, Default)]
pub struct DeviceOptions {
    /// In a browser, wgpu cannot ask for subgroups; where the caller has seen to it that the device has them, it
    /// says so here. Natively the adapter is asked.
    pub browser_subgroups: bool,
    /// In a browser, the most lanes that a subgroup has; 0 where it does not tell.
    pub browser_max_subgroup: u32,
    /// In a browser, the adapter's own description, where wgpu has none.
    pub browser_name: Option<String>,
    /// In a browser, whether the adapter is known to be a software one.
    pub browser_software: bool,
    /// In a browser, what compiles kernels beside one another.
    pub browser_compiler: Option<BrowserCompiler>,
    /// In a browser, how a moment passes.
    pub browser_moment: Option<BrowserMoment>,
    /// Use these lanes in matrix-vector products instead of the ones that suit the adapter.
    pub lanes: Option<Lanes>,
    /// What a prompt's activations are, instead of what suits the adapter.
    pub activations: Option<Activations>,
    /// Lay weights and caches out as if a kernel could reach no more than so many bytes of a buffer: for tests.
    pub largest_binding: Option<u64>,
}

/// What is known of the adapter in use.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// The name that the driver or the browser gives.
    pub name: String,
    /// The driver and its version; empty in a browser.
    pub driver: String,
    /// It has no GPU behind it.
    pub software: bool,
    /// How matrix-vector products share a row among lanes.
    pub lanes: Lanes,
    /// What a prompt's activations are in products.
    pub activations: Activations,
    /// Most lanes that a subgroup may have here.
    pub max_subgroup: u32,
}

impl Adapter {
    /// Subgroups in a workgroup of 128 lanes: the fewest that any size gives. Where there are more, the workgroups past the
    /// last row do nothing.
    pub(crate) fn subgroups_a_group(&self) -> u32 {
        (128 / self.max_subgroup).max(1)
    }

    /// Which variants of the kernels are in use, for reports.
    pub fn variants(&self) -> Vec<String> {
        vec![
            format!("lanes: {:?}", self.lanes).to_lowercase(),
            format!("activations: {:?}", self.activations).to_lowercase(),
        ]
    }
}

/// A device that is ready for work.
#[derive(Clone)]
pub struct Gpu {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    pub(crate) adapter: Adapter,
    pub(crate) compiler: Option<BrowserCompiler>,
    /// None where watching is not worth it.
    moment: Option<BrowserMoment>,
    fault: Arc<Mutex<Option<BackendError>>>,
    most_bound: u64,
}

impl Gpu {
    /// Opens the adapter that the system prefers.
    ///
    /// # Errors
    /// [`BackendError::NoAdapter`] where there is none, [`BackendError::TooSmall`] where it gives no device.
    pub async fn open(options: &DeviceOptions) -> Result<Self, BackendError> {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.backends = wgpu::Backends::VULKAN
            | wgpu::Backends::METAL
            | wgpu::Backends::DX12
            | wgpu::Backends::BROWSER_WEBGPU;
        let instance = wgpu::Instance::new(descriptor);
        let adapter = instance
            .request_adapter(&wgpu::RequestAdapterOptions {
                power_preference: wgpu::PowerPreference::HighPerformance,
                ..Default::default()
            })
            .await
            .map_err(|e| BackendError::NoAdapter(e.to_string()))?;
        let info = adapter.get_info();
        let subgroups = adapter.features().contains(wgpu::Features::SUBGROUP);
        let available = adapter.limits();
        let (device, queue) = adapter
            .request_device(&wgpu::DeviceDescriptor {
                label: Some("sotto"),
                required_features: adapter.features()
                    & (wgpu::Features::SUBGROUP | wgpu::Features::TIMESTAMP_QUERY),
                required_limits: wgpu::Limits {
                    max_buffer_size: available.max_buffer_size,
                    max_storage_buffer_binding_size: available.max_storage_buffer_binding_size,
                    max_compute_workgroup_storage_size: available.max_compute_workgroup_storage_size,
                    ..wgpu::Limits::default()
                },
                ..Default::default()
            })
            .await
            .map_err(|e| BackendError::TooSmall(e.to_string()))?;

        let software = info.device_type == wgpu::DeviceType::Cpu || options.browser_software;
        let lanes = options.lanes.unwrap_or(match (software, subgroups || options.browser_subgroups) {
            (true, _) => Lanes::None,
            (false, true) => Lanes::Subgroup,
            (false, false) => Lanes::Workgroup,
        });
        let adapter = Adapter {
            name: options.browser_name.clone().unwrap_or(info.name),
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
            software,
            lanes,
            activations: options.activations.unwrap_or_default(),
            max_subgroup: match options.browser_max_subgroup {
                // 128 is the most that WebGPU allows.
                0 if cfg!(target_arch = "wasm32") => 128,
                0 => info.subgroup_max_size.clamp(4, 128),
                told => told.clamp(4, 128),
            },
        };
        let fault = Arc::new(Mutex::new(None));
        let note = Arc::clone(&fault);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            let error = match error {
                wgpu::Error::OutOfMemory { .. } => BackendError::OutOfMemory(error.to_string()),
                other => BackendError::Refused(other.to_string()),
            };
            record(&note, error);
        }));
        let note = Arc::clone(&fault);
        device.set_device_lost_callback(move |_, message| record(&note, BackendError::DeviceLost(message)));
        // Without a GPU, whoever watches takes the processor from who works.
        let moment = options.browser_moment.clone().filter(|_| !software);
        let most_bound = options.largest_binding.unwrap_or(u64::MAX);
        Ok(Self {
            device,
            queue,
            adapter,
            compiler: options.browser_compiler.clone(),
            moment,
            fault,
            most_bound,
        })
    }

    /// What is known of the adapter.
    pub fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// Fails when anything went wrong on the device since it was opened: its results cannot be trusted then.
    pub(crate) fn check(&self) -> Result<(), BackendError> {
        match self.fault.lock() {
            Ok(fault) => fault.clone().map_or(Ok(()), Err),
            Err(_) => Err(BackendError::DeviceLost("its error handler panicked".into())),
        }
    }

    /// Sends the GPU one list of commands.
    pub(crate) fn submit(&self, encode: impl FnOnce(&mut wgpu::CommandEncoder)) -> wgpu::SubmissionIndex {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encode(&mut encoder);
        self.queue.submit([encoder.finish()])
    }

    /// The same, and then copies the first `bytes` of `from` to `back`, where they can be read as soon as all is done.
    pub(crate) fn submit_for(
        &self,
        [from, back]: [&wgpu::Buffer; 2],
        bytes: u64,
        encode: impl FnOnce(&mut wgpu::CommandEncoder),
    ) -> Mapping {
        let submission = self.submit(|encoder| {
            encode(encoder);
            encoder.copy_buffer_to_buffer(from, 0, back, 0, bytes);
        });
        self.map(back, bytes, submission)
    }

    /// Has the first `bytes` of `back` read as soon as `submission` is done.
    pub(crate) fn map(&self, back: &wgpu::Buffer, bytes: u64, submission: wgpu::SubmissionIndex) -> Mapping {
        let (sender, receiver) = futures::channel::oneshot::channel();
        back.map_async(wgpu::MapMode::Read, ..bytes, move |result| {
            // The receiver is gone only where the caller gave up waiting.
            let _ = sender.send(result);
        });
        Mapping { buffer: back.clone(), bytes, submission, receiver }
    }

    /// Most bytes that a kernel can reach in one buffer.
    pub(crate) fn largest_binding(&self) -> u64 {
        let limits = self.device.limits();
        limits.max_storage_buffer_binding_size.min(limits.max_buffer_size).min(self.most_bound)
    }

    /// A storage buffer of at least `bytes` (and 16) that copies can fill and read.
    pub(crate) fn storage(&self, label: &str, bytes: u64) -> wgpu::Buffer {
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: bytes.next_multiple_of(16).max(16),
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        })
    }

    /// The buffer that describes a step: kernels read it as a uniform, and the last one of a step moves it on.
    pub(crate) fn step(&self, bytes: u64) -> wgpu::Buffer {
        let usage = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::STORAGE;
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("step"),
            size: bytes,
            usage: usage | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        })
    }

    /// A small buffer of constants.
    pub(crate) fn uniform(&self, label: &str, words: &[u32]) -> wgpu::Buffer {
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: size_of_val(words) as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(words));
        buffer
    }

    /// A buffer that the processor reads.
    pub(crate) fn readback(&self, label: &str, bytes: u64) -> wgpu::Buffer {
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: bytes,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }
}

/// A buffer on its way back.
pub(crate) struct Mapping {
    buffer: wgpu::Buffer,
    bytes: u64,
    submission: wgpu::SubmissionIndex,
    receiver: futures::channel::oneshot::Receiver<Result<(), wgpu::BufferAsyncError>>,
}

impl Mapping {
    /// Waits for the bytes; not for what was submitted afterwards.
    pub(crate) async fn finish(self, gpu: &Gpu) -> Result<Vec<u8>, BackendError> {
        self.poll(gpu)?;
        let mapped = self.receiver.await;
        taken(gpu, &self.buffer, self.bytes, mapped)
    }

    /// The same for a caller who has nothing else under way: in a browser, watches for the bytes.
    pub(crate) async fn watch(self, gpu: &Gpu) -> Result<Vec<u8>, BackendError> {
        let Some(moment) = &gpu.moment else { return self.finish(gpu).await };
        self.poll(gpu)?;
        let look = || {
            gpu.queue.submit([]);
        };
        let mapped = moment.watch(self.receiver, look).await;
        taken(gpu, &self.buffer, self.bytes, mapped)
    }

    fn poll(&self, gpu: &Gpu) -> Result<(), BackendError> {
        let wait = wgpu::PollType::Wait { submission_index: Some(self.submission.clone()), timeout: None };
        gpu.device.poll(wait).map(drop).map_err(|e| BackendError::DeviceLost(e.to_string()))
    }

    /// Wants the bytes no more; the buffer is free again.
    pub(crate) fn forget(self) {
        self.buffer.unmap();
    }
}

/// The first `bytes` of a buffer that was mapped.
fn taken(
    gpu: &Gpu,
    buffer: &wgpu::Buffer,
    bytes: u64,
    mapped: Result<Result<(), wgpu::BufferAsyncError>, futures::channel::oneshot::Canceled>,
) -> Result<Vec<u8>, BackendError> {
    gpu.check()?;
    match mapped {
        Ok(Ok(())) => {}
        Ok(Err(e)) => return Err(BackendError::DeviceLost(e.to_string())),
        Err(_) => return Err(BackendError::DeviceLost("the readback was dropped".into())),
    }
    let view = buffer.get_mapped_range(..bytes).map_err(|e| BackendError::Refused(e.to_string()))?;
    let copied = view.to_vec();
    drop(view);
    buffer.unmap();
    Ok(copied)
}

/// Keeps the first fault: later ones are its consequences.
fn record(fault: &Mutex<Option<BackendError>>, error: BackendError) {
    if let Ok(mut fault) = fault.lock() {
        fault.get_or_insert(error);
    }
}
