//! From a path to a session.

use crate::{any_backend::AnyBackend, progress::ProgressLine, source::FileSource};
use anyhow::Result;
use chrono::Datelike;
use clap::{Args, ValueEnum};
use engine::{LoadOptions, Session};
use gpu::{Activations, DeviceOptions, Gpu, GpuBackend, Lanes};
use ops::CacheFormat;
use reference::Reference;
use std::{path::PathBuf, time::Instant};
use text::Date;

/// Which model, and where it runs.
#[derive(Args, Clone)]
pub struct ModelArgs {
    /// The model: a GGUF file, or the first of several (NAME-00001-of-00002.gguf).
    pub model: PathBuf,
    /// Tokens of context to reserve memory for, at most the model's own.
    #[arg(long, value_name = "TOKENS", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(2..))]
    pub context: u32,
    /// What computes: the GPU, or plain loops for comparison (very slow).
    #[arg(long, value_enum, default_value_t = BackendChoice::Gpu)]
    backend: BackendChoice,
    /// Who shares a row of a matrix-vector product on the GPU; measured where nothing is given.
    #[arg(long, value_enum)]
    lanes: Option<LanesChoice>,
    /// What a prompt's activations are on the GPU; measured where nothing is given, else f32.
    #[arg(long, value_enum)]
    activations: Option<ActivationsChoice>,
    /// How keys and values are kept: as floats, or in 8 bits each with a scale for every 32, in about a quarter of the memory.
    #[arg(long, value_enum, default_value_t = CacheChoice::F32)]
    cache: CacheChoice,
}

impl ModelArgs {
    /// The same for another model.
    pub fn of_file(&self, model: PathBuf) -> Self {
        Self { model, ..self.clone() }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum BackendChoice {
    Gpu,
    Reference,
}

#[derive(Clone, Copy, ValueEnum)]
enum LanesChoice {
    None,
    Subgroup,
    Workgroup,
}

impl From<LanesChoice> for Lanes {
    fn from(choice: LanesChoice) -> Self {
        match choice {
            LanesChoice::None => Self::None,
            LanesChoice::Subgroup => Self::Subgroup,
            LanesChoice::Workgroup => Self::Workgroup,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum ActivationsChoice {
    F32,
    Int8,
}

impl From<ActivationsChoice> for Activations {
    fn from(choice: ActivationsChoice) -> Self {
        match choice {
            ActivationsChoice::F32 => Self::F32,
            ActivationsChoice::Int8 => Self::Int8,
        }
    }
}

/// How keys and values are kept.
#[allow(non_camel_case_types)] // The name is ggml's.
#[derive(Clone, Copy, ValueEnum)]
pub enum CacheChoice {
    F32,
    #[value(name = "q8_0")]
    Q8_0,
}

impl From<CacheChoice> for CacheFormat {
    fn from(choice: CacheChoice) -> Self {
        match choice {
            CacheChoice::F32 => Self::F32,
            CacheChoice::Q8_0 => Self::Q8_0,
        }
    }
}

/// Loads the model onto its backend; stderr says how far it is.
///
/// # Errors
/// When the file cannot be read or run, or the GPU cannot take it.
pub async fn load(args: &ModelArgs) -> Result<Session<AnyBackend>> {
    let sources = FileSource::open_all(&args.model)?;
    let start = Instant::now();
    let options = LoadOptions {
        context_tokens: args.context as usize,
        today: today(),
        clock: std::rc::Rc::new(move || start.elapsed().as_secs_f64()),
    };
    let mut progress = ProgressLine::of_bytes("Loading the model");
    let is_told = args.lanes.is_some() || args.activations.is_some();
    let device = DeviceOptions {
        lanes: args.lanes.map(Lanes::from),
        activations: args.activations.map(Activations::from),
        ..DeviceOptions::default()
    };
    let backend = args.backend;
    let cache = CacheFormat::from(args.cache);
    let session = engine::load(
        sources,
        options,
        async move |model, positions| {
            Ok(match backend {
                BackendChoice::Gpu => {
                    let mut gpu = Gpu::open(&device).await?;
                    if !is_told {
                        let tuning = gpu.tune(&move || start.elapsed().as_secs_f64()).await?;
                        gpu = gpu.tuned(tuning);
                    }
                    let backend = GpuBackend::new(gpu, &model.program, positions, cache).await?;
                    AnyBackend::Gpu(Box::new(backend))
                }
                BackendChoice::Reference => {
                    let backend = Reference::new(model.program.clone(), positions, cache)?;
                    AnyBackend::Reference(Box::new(backend))
                }
            })
        },
        |done, total| progress.show(done, total),
    )
    .await?;
    Ok(session)
}

/// The day on this machine's calendar.
fn today() -> Date {
    let today = chrono::Local::now().date_naive();
    Date { year: today.year(), month: today.month() as u8, day: today.day() as u8 }
}
