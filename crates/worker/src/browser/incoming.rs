//! A model on its way, for the script that fetches and stores it.

use crate::{Incoming, fit};
use protocol::{FileRefusal, GpuLimits, ModelNeeds};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Checks a model while its files come.
#[wasm_bindgen]
pub struct FileCheck(Incoming);

#[wasm_bindgen]
impl FileCheck {
    /// See [`Incoming::new`].
    #[wasm_bindgen(constructor)]
    pub fn new(totals: &[f64], positions: u32) -> FileCheck {
        let totals: Vec<u64> = totals.iter().map(|&total| total as u64).collect();
        FileCheck(Incoming::new(&totals, positions as usize))
    }

    /// Takes the next bytes. Throws a `FileRefusal`.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        self.0.push(bytes).map_err(thrown)
    }

    /// Gives a `FileReport`. Throws a `FileRefusal`.
    pub fn finish(self) -> Result<JsValue, JsValue> {
        plain(&self.0.finish().map_err(thrown)?)
    }
}

/// `Fit` of `ModelNeeds` on `GpuLimits`.
#[wasm_bindgen(js_name = fit)]
pub fn fit_of(needs: JsValue, limits: JsValue) -> Result<JsValue, JsValue> {
    let needs: ModelNeeds = serde_wasm_bindgen::from_value(needs)?;
    let limits: GpuLimits = serde_wasm_bindgen::from_value(limits)?;
    plain(&fit(&needs, &limits))
}

fn thrown(refusal: FileRefusal) -> JsValue {
    plain(&refusal).unwrap_or_else(|error| error)
}

fn plain(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}
