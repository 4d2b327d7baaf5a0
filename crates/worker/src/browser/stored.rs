//! A model file in the extension's private file system (OPFS).

use super::fetch::message;
use gguf::Source;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemSyncAccessHandle, WorkerGlobalScope};

/// The folder of the models.
const FOLDER: &str = "models";

/// A file that is open for reading, front to back.
pub(super) struct Stored {
    file: FileSystemSyncAccessHandle,
    total: u64,
}

impl Stored {
    /// Opens the model `name`.
    ///
    /// # Errors
    /// A sentence that says what failed.
    pub(super) async fn open(name: &str) -> Result<Self, String> {
        let file = open(name).await.map_err(|e| message(&e))?;
        let total = file.get_size().map_err(|e| message(&e))? as u64;
        Ok(Self { file, total })
    }
}

async fn open(name: &str) -> Result<FileSystemSyncAccessHandle, JsValue> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let root = JsFuture::from(scope.navigator().storage().get_directory()).await?;
    let root: FileSystemDirectoryHandle = root.unchecked_into();
    let folder = JsFuture::from(root.get_directory_handle(FOLDER)).await?;
    let folder: FileSystemDirectoryHandle = folder.unchecked_into();
    let file = JsFuture::from(folder.get_file_handle(name)).await?;
    // web-sys does not know the mode yet, without which a file is open only once.
    let options = Object::new();
    Reflect::set(&options, &"mode".into(), &"read-only".into())?;
    let create: Function = Reflect::get(&file, &"createSyncAccessHandle".into())?.dyn_into()?;
    let opened: Promise = create.call1(&file, &options)?.dyn_into()?;
    Ok(JsFuture::from(opened).await?.unchecked_into())
}

impl Source for Stored {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        // The handle goes on where the last read ended.
        self.file.read_with_u8_array(into).map(|count| count as usize).map_err(|e| message(&e))
    }

    fn total_bytes(&self) -> Option<u64> {
        Some(self.total)
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.file.close();
    }
}
