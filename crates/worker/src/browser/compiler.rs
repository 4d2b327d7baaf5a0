//! The browser's compiler, and how far it is.

use futures::{FutureExt, channel::oneshot};
use gpu::{BrowserCompiler, BrowserKernel};
use js_sys::{Function, Promise};
use protocol::EngineState;
use serde::Serialize;
use std::{any::Any, cell::Cell, collections::HashMap, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How far a load is.
#[derive(Default)]
pub(super) struct Progress {
    /// The weights have come, and only the compiler is waited for.
    pub(super) weights: Cell<bool>,
    /// Kernels that are compiled.
    done: Cell<u32>,
    total: Cell<u32>,
}

impl Progress {
    pub(super) fn state(&self) -> EngineState {
        EngineState::Compiling { done: self.done.get(), total: self.total.get() }
    }
}

#[derive(Serialize)]
struct KernelSource<'a> {
    code: &'a str,
    bindings: Vec<Binding>,
    constants: HashMap<&'a str, f64>,
}

#[derive(Serialize)]
struct Binding {
    binding: u32,
    r#type: &'static str,
}

/// A compiler by `compile(kernel)`, a function of the script that started the worker, which keeps `progress` up to date
/// and calls `changed` each time it has compiled one.
pub(super) fn compiler(
    compile: Function,
    progress: Rc<Progress>,
    changed: impl Fn() + 'static,
) -> BrowserCompiler {
    let changed = Rc::new(changed);
    BrowserCompiler::new(move |kernel| {
        let promise = ask(&compile, &kernel);
        progress.total.set(progress.total.get() + 1);
        let (progress, changed) = (Rc::clone(&progress), Rc::clone(&changed));
        let (sender, compiled) = oneshot::channel();
        // The progress goes on whether somebody waits or not.
        spawn_local(async move {
            let kept = match promise {
                Ok(promise) => JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            progress.done.set(progress.done.get() + 1);
            changed();
            // The receiver is gone where the load was given up.
            let _ = sender.send(kept);
        });
        async { Box::new(compiled.await) as Box<dyn Any> }.boxed_local()
    })
}

fn ask(compile: &Function, kernel: &BrowserKernel) -> Result<Promise, JsValue> {
    let source = KernelSource {
        code: &kernel.code,
        bindings: kernel.bindings.iter().map(|&(binding, r#type)| Binding { binding, r#type }).collect(),
        constants: kernel.constants.iter().copied().collect(),
    };
    let source = source.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?;
    compile.call1(&JsValue::NULL, &source)?.dyn_into()
}
