//! The loaded model, measured.

use super::host::{Loaded, heap_bytes};
use engine::BenchError;
use protocol::{BenchModel, BenchOptions, BenchReport};
use text::Flow;

/// Measures by `options`.
///
/// # Errors
/// See [`BenchError`].
pub(super) async fn report(loaded: &mut Loaded, options: &BenchOptions) -> Result<BenchReport, BenchError> {
    let Loaded { session, adapter, load_seconds } = loaded;
    let figures = engine::measure(session, options, &mut |_, _| Flow::Continue).await?;
    Ok(BenchReport {
        version: env!("CARGO_PKG_VERSION").into(),
        system: "browser wasm32".into(),
        adapter: adapter.clone(),
        driver: String::new(),
        model: BenchModel {
            name: session.model().name.clone(),
            context_tokens: text::Generate::context_tokens(session),
            weight_bytes: Some(session.backend().weight_bytes()),
            dispatches_per_token: Some(session.backend().dispatches_per_token() as u32),
            heap_bytes: Some(heap_bytes()),
        },
        load_seconds: *load_seconds,
        load: session.load_times(),
        figures,
    })
}
