//! The one task that owns the GPU: loads the model, answers requests one after the other.

use super::{
    AdapterFacts, bench,
    compiler::{self, Progress},
    model_file::OpenModel,
    prefixes::{Prefixes, Remembering},
    tuning,
};
use crate::{Desk, explain};
use engine::{LoadError, LoadOptions, Session};
use futures::{
    FutureExt, StreamExt,
    channel::{mpsc::UnboundedReceiver, oneshot},
    future::join,
};
use gguf::GgufError;
use gloo::timers::callback::Timeout;
use gpu::{Adapter, BrowserCompiler, BrowserMoment, DeviceOptions, Gpu, GpuBackend, Lanes, conformance};
use models::Model;
use ops::BackendError;
use protocol::{
    AdapterInfo, BenchOptions, EngineState, ErrorCode, Event, KernelCheck, ModelInfo, SelfTestReport,
    WorkerMessage, WorkerOptions,
};
use std::{cell::RefCell, rc::Rc};
use text::Date;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::WorkerGlobalScope;

/// What there is to do, in order.
pub(super) enum Task {
    Start(WorkerOptions),
    Answer,
    Unload,
    SelfTest,
    Bench(BenchOptions),
}

/// A model that answers, and how it came to.
pub(super) struct Loaded {
    pub(super) session: Session<GpuBackend>,
    pub(super) adapter: AdapterInfo,
    pub(super) load_seconds: f64,
}

pub(super) struct Host {
    desk: Rc<RefCell<Desk>>,
    facts: Option<AdapterFacts>,
    /// See [`compiler::compiler`].
    compile: js_sys::Function,
    /// See [`BrowserMoment::new`].
    moment: js_sys::Function,
    options: Option<WorkerOptions>,
    loaded: Option<Loaded>,
    /// What is put aside; none where nothing may be.
    prefixes: Option<Prefixes>,
    /// What was read of the last long page.
    memory: assistant::Memory,
}

impl Host {
    pub(super) fn new(
        desk: Rc<RefCell<Desk>>,
        facts: Option<AdapterFacts>,
        compile: js_sys::Function,
        moment: js_sys::Function,
    ) -> Self {
        Self {
            desk,
            facts,
            compile,
            moment,
            options: None,
            loaded: None,
            prefixes: None,
            memory: assistant::Memory::default(),
        }
    }

    /// Does one task after the other, as long as the worker lives.
    pub(super) async fn serve(mut self, mut tasks: UnboundedReceiver<Task>) {
        while let Some(task) = tasks.next().await {
            match task {
                Task::Start(options) => {
                    self.prefixes = match options.keep_prefixes {
                        true => Some(Prefixes::new().await),
                        false => None,
                    };
                    if self.options.as_ref().is_some_and(|before| *before != options) {
                        self.unload();
                    }
                    self.options = Some(options);
                    self.memory = assistant::Memory::default();
                    // What went wrong has been told as the engine's state.
                    let _ = self.ready().await;
                }
                Task::Answer => self.answer().await,
                Task::Unload => {
                    if let (Some(loaded), Some(prefixes)) = (&mut self.loaded, &mut self.prefixes) {
                        prefixes.keep(&mut loaded.session).await;
                    }
                    self.unload();
                }
                Task::SelfTest => self.self_test().await,
                Task::Bench(options) => self.bench(&options).await,
            }
        }
    }

    fn tell(&self, state: EngineState) {
        self.desk.borrow().post(&WorkerMessage::State(state));
    }

    fn unload(&mut self) {
        self.loaded = None;
        self.tell(EngineState::Unloaded);
    }

    /// Loads the model unless it is there. On failure tells the state and gives what a request should hear.
    async fn ready(&mut self) -> Result<(), (ErrorCode, String)> {
        if self.loaded.is_some() {
            return Ok(());
        }
        let Some(options) = self.options.clone() else {
            return Err((ErrorCode::BadRequest, "the engine was asked before it was started".into()));
        };
        match self.load(&options).await {
            Ok(loaded) => {
                self.loaded = Some(loaded);
                Ok(())
            }
            Err(error) => {
                let (code, message) = (explain(&error), error.to_string());
                self.tell(EngineState::Failed { code, message: message.clone() });
                Err((code, message))
            }
        }
    }

    async fn open_gpu(
        &self,
        lanes: Option<Lanes>,
        browser_compiler: Option<BrowserCompiler>,
    ) -> Result<Gpu, BackendError> {
        let facts =
            self.facts.as_ref().ok_or_else(|| BackendError::NoAdapter("the browser offers none".into()))?;
        Gpu::open(&DeviceOptions {
            browser_subgroups: facts.subgroups,
            browser_max_subgroup: facts.subgroup_max_size,
            browser_name: Some(facts.name.clone()),
            browser_software: facts.software,
            browser_compiler,
            browser_moment: Some(moment(self.moment.clone())),
            lanes,
            activations: None,
            largest_binding: None,
        })
        .await
    }

    async fn load(&self, options: &WorkerOptions) -> Result<Loaded, LoadError> {
        let start = seconds();
        self.tell(EngineState::Loading { bytes: 0, total_bytes: 0 });
        let compiled = Rc::new(Progress::default());
        let desk = Rc::clone(&self.desk);
        let told = Rc::clone(&compiled);
        let compiler = compiler::compiler(self.compile.clone(), Rc::clone(&compiled), move || {
            if told.weights.get() {
                desk.borrow().post(&WorkerMessage::State(told.state()));
            }
        });
        // The browser opens the device while the file's header is read and the tokenizer is built.
        let (opened, device) = oneshot::channel();
        let opening = async {
            // The load that waits for it is polled beside it.
            let _ = opened.send(self.open_gpu(None, Some(compiler)).await);
        };
        let loading = async {
            let parts = OpenModel::open(&options.model).await.map_err(GgufError::Io)?;
            let load = LoadOptions {
                context_tokens: options.context_tokens as usize,
                today: today(),
                clock: Rc::new(seconds),
            };
            let cache = match options.cache {
                protocol::CacheFormat::F32 => ops::CacheFormat::F32,
                protocol::CacheFormat::Q8_0 => ops::CacheFormat::Q8_0,
            };
            let prepare = async |model: &Model, positions| {
                let gpu = device.await.map_err(|_| BackendError::NoAdapter("it was given up".into()))??;
                let gpu = match gpu.adapter().software {
                    true => gpu,
                    false => tuning::tuned(gpu, &user_agent(), seconds).await?,
                };
                let backend = GpuBackend::new(gpu, &model.program, positions, cache).await?;
                // The browser passes the GPU process its work between tasks: from now on it can compile.
                pause().await;
                Ok(backend)
            };
            let mut told = None;
            engine::load(parts, load, prepare, |bytes, total_bytes| {
                // Each message costs as much as a part of the file.
                let percent = (bytes * 100).checked_div(total_bytes);
                if std::mem::replace(&mut told, percent) != percent {
                    self.tell(EngineState::Loading { bytes, total_bytes });
                }
                if bytes == total_bytes {
                    compiled.weights.set(true);
                    self.tell(compiled.state());
                }
            })
            .await
        };
        let (session, ()) = join(loading, opening).await;
        let session = session?;
        let adapter = adapter_info(session.backend().adapter());
        let model = ModelInfo {
            name: session.model().name.clone(),
            architecture: session.model().architecture.clone(),
            context_tokens: text::Generate::context_tokens(&session),
            weight_bytes: session.backend().weight_bytes(),
            heap_bytes: heap_bytes(),
        };
        self.tell(EngineState::Ready { model, adapter: adapter.clone() });
        Ok(Loaded { session, adapter, load_seconds: seconds() - start })
    }

    async fn answer(&mut self) {
        let Some((request, cancel)) = self.desk.borrow_mut().begin() else { return };
        let desk = Rc::clone(&self.desk);
        let ready = self.ready().await;
        let mut lost = false;
        match (ready, &mut self.loaded) {
            (Ok(()), Some(Loaded { session, .. })) if !cancel.is_cancelled() => {
                let mut emit = |event: Event| {
                    lost |= matches!(
                        event,
                        Event::Failed {
                            code: ErrorCode::GpuLost | ErrorCode::OutOfMemory | ErrorCode::AdapterWrong,
                            ..
                        }
                    );
                    desk.borrow_mut().emit(&request.id, event);
                };
                let mut model = Remembering { session, prefixes: self.prefixes.as_mut() };
                assistant::run_with(&mut model, &request.job, &mut self.memory, &cancel, &mut emit).await;
            }
            (Err((code, message)), _) => desk.borrow_mut().emit(&request.id, Event::Failed { code, message }),
            _ => {}
        }
        desk.borrow_mut().finish();
        if lost {
            // Nothing on a lost device survives; the next request loads the model again.
            self.unload();
        }
    }

    async fn bench(&mut self, options: &BenchOptions) {
        let ready = self.ready().await;
        let message = match (ready, &mut self.loaded) {
            (Ok(()), Some(loaded)) => match bench::report(loaded, options).await {
                Ok(report) => WorkerMessage::Bench(report.into()),
                Err(error) => WorkerMessage::BenchFailed { message: error.to_string() },
            },
            (Err((_, message)), _) => WorkerMessage::BenchFailed { message },
            _ => return,
        };
        self.desk.borrow().post(&message);
    }

    async fn self_test(&self) {
        let report = self.report().await.unwrap_or_else(|error| SelfTestReport {
            adapter: AdapterInfo { name: String::new(), software: false, variants: Vec::new() },
            checks: vec![KernelCheck { name: error.to_string(), error: f64::MAX, bound: 0.0, passed: false }],
        });
        self.desk.borrow().post(&WorkerMessage::SelfTest(report));
    }

    /// The conformance table, and what depends on lanes with each kind that the adapter has.
    async fn report(&self) -> Result<SelfTestReport, BackendError> {
        let mut checks = Vec::new();
        let gpu = self.open_gpu(Some(Lanes::None), None).await?;
        run_cases(&gpu, conformance::brief_table(), &mut checks).await;
        let of_lanes = conformance::of_lanes(conformance::brief_table());
        let workgroup = self.open_gpu(Some(Lanes::Workgroup), None).await?;
        if self.facts.as_ref().is_some_and(|facts| facts.subgroups) {
            let subgroup = self.open_gpu(Some(Lanes::Subgroup), None).await?;
            run_cases(&workgroup, conformance::of_sums(of_lanes.clone()), &mut checks).await;
            run_cases(&subgroup, of_lanes, &mut checks).await;
        } else {
            run_cases(&workgroup, of_lanes, &mut checks).await;
        }
        Ok(SelfTestReport { adapter: adapter_info(self.open_gpu(None, None).await?.adapter()), checks })
    }
}

async fn run_cases(gpu: &Gpu, cases: Vec<conformance::Case>, checks: &mut Vec<KernelCheck>) {
    let mut bench = conformance::Bench::new(gpu);
    for case in cases {
        let name = format!("{}, lanes: {:?}", case.name(), gpu.adapter().lanes);
        let (name, error) = match case.error(&mut bench).await {
            Ok(error) => (name, error),
            Err(fault) => (format!("{name}: {fault}"), f64::NAN),
        };
        // JSON has no NaN; no bound reaches this.
        let told = if error.is_finite() { error } else { f64::MAX };
        checks.push(KernelCheck { name, error: told, bound: case.bound(), passed: error <= case.bound() });
    }
}

fn adapter_info(adapter: &Adapter) -> AdapterInfo {
    AdapterInfo { name: adapter.name.clone(), software: adapter.software, variants: adapter.variants() }
}

/// Bytes of WebAssembly memory.
pub(super) fn heap_bytes() -> u64 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    buffer.byte_length().into()
}

/// A moment by `pass`, a promise each time it is called. One that cannot be had is over at once.
fn moment(pass: js_sys::Function) -> BrowserMoment {
    BrowserMoment::new(move || {
        let passed = pass.call0(&JsValue::NULL).and_then(|promise| promise.dyn_into::<js_sys::Promise>());
        async move {
            if let Ok(promise) = passed {
                let _ = JsFuture::from(promise).await;
            }
        }
        .boxed_local()
    })
}

/// Lets the browser have its turn.
async fn pause() {
    let (sender, receiver) = oneshot::channel();
    let wake = move || {
        let _ = sender.send(());
    };
    Timeout::new(0, wake).forget();
    let _ = receiver.await;
}

fn seconds() -> f64 {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    scope.performance().map_or_else(js_sys::Date::now, |p| p.now()) / 1000.0
}

/// The browser, its version and its system.
fn user_agent() -> String {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    scope.navigator().user_agent().unwrap_or_default()
}

fn today() -> Date {
    let now = js_sys::Date::new_0();
    Date { year: now.get_full_year() as i32, month: now.get_month() as u8 + 1, day: now.get_date() as u8 }
}
