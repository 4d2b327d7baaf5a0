//! What only a browser has: JavaScript's messages, `fetch`, files, WebGPU, the clock.

mod bench;
mod compiler;
mod fetch;
mod host;
mod incoming;
mod model_file;
mod prefixes;
mod stored;
mod tuning;

use crate::Desk;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use host::{Host, Task};
use protocol::{EngineState, ErrorCode, WorkerCommand, WorkerMessage};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::*;

/// What the script that starts the worker knows of the adapter, and wgpu does not tell.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdapterFacts {
    name: String,
    software: bool,
    subgroups: bool,
    subgroup_max_size: u32,
}

/// The engine. One a worker.
#[wasm_bindgen]
pub struct Engine {
    desk: Rc<RefCell<Desk>>,
    tasks: UnboundedSender<Task>,
}

#[wasm_bindgen]
impl Engine {
    /// An engine that answers through `post(message)`; `facts` describe the adapter that the browser offers, or are
    /// null where it offers none; `compile(kernel)` is a promise of a pipeline on the device that was opened last;
    /// `moment()` is one that a short while has passed.
    #[wasm_bindgen(constructor)]
    pub fn new(
        post: js_sys::Function,
        facts: JsValue,
        compile: js_sys::Function,
        moment: js_sys::Function,
    ) -> Result<Engine, JsValue> {
        console_error_panic_hook::set_once();
        let facts: Option<AdapterFacts> = serde_wasm_bindgen::from_value(facts)?;
        let desk = Rc::new(RefCell::new(Desk::new(Box::new(move |message| {
            let serializer = serde_wasm_bindgen::Serializer::json_compatible();
            match message.serialize(&serializer) {
                // A message that cannot be posted has nobody left to read it.
                Ok(message) => drop(post.call1(&JsValue::NULL, &message)),
                Err(error) => wasm_bindgen::throw_str(&error.to_string()),
            }
        }))));
        let (tasks, receiver) = unbounded();
        let host = Host::new(Rc::clone(&desk), facts, compile, moment);
        wasm_bindgen_futures::spawn_local(host.serve(receiver));
        Ok(Engine { desk, tasks })
    }

    /// Takes a `WorkerCommand`.
    pub fn handle(&self, command: JsValue) {
        let command = match serde_wasm_bindgen::from_value(command) {
            Ok(command) => command,
            Err(error) => {
                let message = format!("a command of an unknown form ({error}); reload the extension");
                let state = EngineState::Failed { code: ErrorCode::BadRequest, message };
                return self.desk.borrow().post(&WorkerMessage::State(state));
            }
        };
        let task = match command {
            WorkerCommand::Cancel { id } => return self.desk.borrow_mut().cancel(&id),
            WorkerCommand::Request(request) => {
                self.desk.borrow_mut().accept(request);
                Task::Answer
            }
            WorkerCommand::Start(options) => Task::Start(options),
            WorkerCommand::Unload => Task::Unload,
            WorkerCommand::SelfTest => Task::SelfTest,
            WorkerCommand::Bench(options) => Task::Bench(options),
        };
        // The receiver lives as long as the worker.
        let _ = self.tasks.unbounded_send(task);
    }
}
