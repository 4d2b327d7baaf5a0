//! Files in the extension's private file system (OPFS), a folder deep.

use super::fetch::message;
use gguf::Source;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemGetDirectoryOptions, FileSystemGetFileOptions,
    FileSystemRemoveOptions, FileSystemSyncAccessHandle, WorkerGlobalScope,
};

/// The folder of models.
pub(super) const MODELS: &str = "models";
/// The folder of prefixes that were put aside.
pub(super) const PREFIXES: &str = "prefixes";
/// The folder of what was measured of the adapter.
pub(super) const TUNINGS: &str = "tunings";

/// A file that is open for reading, front to back.
pub(super) struct Stored {
    file: FileSystemSyncAccessHandle,
    total: u64,
}

impl Stored {
    /// Opens `folder/name`.
    ///
    /// # Errors
    /// A sentence that says what failed.
    pub(super) async fn open(folder: &str, name: &str) -> Result<Self, String> {
        let file = open(folder, name).await.map_err(|e| message(&e))?;
        let total = file.get_size().map_err(|e| message(&e))? as u64;
        Ok(Self { file, total })
    }
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

/// A new file that is open for writing, front to back.
pub(super) struct NewFile(FileSystemSyncAccessHandle);

impl NewFile {
    /// Creates `folder/name`.
    ///
    /// # Errors
    /// A sentence that says what failed.
    pub(super) async fn create(folder: &str, name: &str) -> Result<Self, String> {
        create(folder, name).await.map(Self).map_err(|e| message(&e))
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// A sentence that says what failed: the disk is full, most likely.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        match self.0.write_with_u8_array(bytes).map_err(|e| message(&e))? as usize {
            written if written == bytes.len() => Ok(()),
            written => Err(format!("only {written} of {} bytes could be written", bytes.len())),
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Deletes `folder/name`.
///
/// # Errors
/// A sentence that says what failed.
pub(super) async fn remove(folder: &str, name: &str) -> Result<(), String> {
    let removed = async { JsFuture::from(self::folder(folder, false).await?.remove_entry(name)).await };
    removed.await.map(drop).map_err(|e| message(&e))
}

/// Deletes a folder with all that is in it.
///
/// # Errors
/// A sentence that says what failed.
pub(super) async fn remove_folder(folder: &str) -> Result<(), String> {
    let options = FileSystemRemoveOptions::new();
    options.set_recursive(true);
    let removed = async { JsFuture::from(root().await?.remove_entry_with_options(folder, &options)).await };
    removed.await.map(drop).map_err(|e| message(&e))
}

async fn root() -> Result<FileSystemDirectoryHandle, JsValue> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    Ok(JsFuture::from(scope.navigator().storage().get_directory()).await?.unchecked_into())
}

async fn folder(name: &str, create: bool) -> Result<FileSystemDirectoryHandle, JsValue> {
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(create);
    let folder = root().await?.get_directory_handle_with_options(name, &options);
    Ok(JsFuture::from(folder).await?.unchecked_into())
}

async fn open(folder: &str, name: &str) -> Result<FileSystemSyncAccessHandle, JsValue> {
    let file = JsFuture::from(self::folder(folder, false).await?.get_file_handle(name)).await?;
    // web-sys does not know the mode yet, without which a file is open only once.
    let options = Object::new();
    Reflect::set(&options, &"mode".into(), &"read-only".into())?;
    let create: Function = Reflect::get(&file, &"createSyncAccessHandle".into())?.dyn_into()?;
    let opened: Promise = create.call1(&file, &options)?.dyn_into()?;
    Ok(JsFuture::from(opened).await?.unchecked_into())
}

async fn create(folder: &str, name: &str) -> Result<FileSystemSyncAccessHandle, JsValue> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(true);
    let file = self::folder(folder, true).await?.get_file_handle_with_options(name, &options);
    let file: web_sys::FileSystemFileHandle = JsFuture::from(file).await?.unchecked_into();
    Ok(JsFuture::from(file.create_sync_access_handle()).await?.unchecked_into())
}
