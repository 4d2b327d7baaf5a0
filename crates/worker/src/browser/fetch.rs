//! A file of the extension's package as a stream of bytes.

use gguf::Source;
use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response, WorkerGlobalScope};

/// The body of a response.
pub(super) struct Fetched {
    reader: ReadableStreamDefaultReader,
    /// The next chunk, asked for before it is needed.
    coming: Promise,
    total: Option<u64>,
    /// What came and was not read yet, from `at` on.
    chunk: Uint8Array,
    at: u32,
}

impl Fetched {
    /// Asks for `url`.
    ///
    /// # Errors
    /// A sentence that says what failed.
    pub(super) async fn open(url: &str) -> Result<Self, String> {
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        let response = JsFuture::from(scope.fetch_with_str(url)).await.map_err(|e| message(&e))?;
        let response: Response = response.unchecked_into();
        if !response.ok() {
            return Err(format!("the answer was {}", response.status()));
        }
        let total = response.headers().get("content-length").ok().flatten().and_then(|n| n.parse().ok());
        let body = response.body().ok_or("the answer was empty")?;
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        Ok(Self { coming: reader.read(), reader, total, chunk: Uint8Array::new_with_length(0), at: 0 })
    }
}

impl Source for Fetched {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        while self.at == self.chunk.length() {
            let read = JsFuture::from(self.coming.clone()).await.map_err(|e| message(&e))?;
            let field = |name: &str| Reflect::get(&read, &name.into()).map_err(|e| message(&e));
            if field("done")?.is_truthy() {
                return Ok(0);
            }
            self.chunk = field("value")?.unchecked_into();
            self.at = 0;
            self.coming = self.reader.read();
        }
        let count = into.len().min((self.chunk.length() - self.at) as usize);
        self.chunk.subarray(self.at, self.at + count as u32).copy_to(&mut into[..count]);
        self.at += count as u32;
        Ok(count)
    }

    fn total_bytes(&self) -> Option<u64> {
        self.total
    }
}

impl Drop for Fetched {
    fn drop(&mut self) {
        // Ends the read that nobody waits for any more.
        let _ = self.reader.cancel();
    }
}

/// What a thrown value says.
pub(super) fn message(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{error:?}"), |e| String::from(e.message()))
}
