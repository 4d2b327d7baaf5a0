//! Which kernels suit this adapter in this browser: measured once, and kept in the private file system.

use super::stored::{self, NewFile, Stored, TUNINGS};
use gguf::Source;
use gpu::{Gpu, Tuning};
use ops::BackendError;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Longer than any tuning is written.
const MOST_BYTES: usize = 64;

/// `gpu` with the kernels that suit it. `user_agent` names the browser and its version, `clock` gives seconds.
///
/// # Errors
/// When the GPU refuses the work of measuring.
pub(super) async fn tuned(gpu: Gpu, user_agent: &str, clock: impl Fn() -> f64) -> Result<Gpu, BackendError> {
    let mut key = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), user_agent, &gpu.adapter().name).hash(&mut key);
    let name = format!("{:016x}", key.finish());
    let tuning = match read(&name).await {
        Some(tuning) => tuning,
        None => {
            let tuning = gpu.tune(&clock).await?;
            keep(&name, tuning).await;
            tuning
        }
    };
    Ok(gpu.tuned(tuning))
}

async fn read(name: &str) -> Option<Tuning> {
    let mut file = Stored::open(TUNINGS, name).await.ok()?;
    let mut bytes = [0; MOST_BYTES];
    let count = file.read(&mut bytes).await.ok()?;
    str::from_utf8(&bytes[..count]).ok()?.parse().ok()
}

/// Puts the tuning in the place of all others. Where that fails, the next load measures again.
async fn keep(name: &str, tuning: Tuning) {
    let _ = stored::remove_folder(TUNINGS).await;
    if let Ok(mut file) = NewFile::create(TUNINGS, name).await
        && file.write(tuning.to_string().as_bytes()).is_err()
    {
        let _ = stored::remove(TUNINGS, name).await;
    }
}
