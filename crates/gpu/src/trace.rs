//! How long each kernel of a step takes, by the GPU's own clock.

use crate::{
    device::Gpu,
    kernel::{Dispatch, Extent},
};
use ops::BackendError;

/// One kernel's time.
#[derive(Clone, Debug)]
pub struct Span {
    /// The kernel and its variant.
    pub kernel: String,
    /// Seconds after the first kernel began.
    pub start: f64,
    /// Seconds that it took.
    pub duration: f64,
}

/// Runs `dispatches` in order, each in a pass of its own.
pub(crate) async fn spans<'a>(
    gpu: &Gpu,
    dispatches: impl Iterator<Item = &'a Dispatch>,
    extent: Extent,
) -> Result<Vec<Span>, BackendError> {
    if !gpu.device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
        return Err(BackendError::Refused("this adapter has no timestamps".into()));
    }
    let dispatches: Vec<_> = dispatches.collect();
    let count = 2 * dispatches.len() as u32;
    let queries = gpu.device.create_query_set(&wgpu::QuerySetDescriptor {
        label: Some("trace"),
        ty: wgpu::QueryType::Timestamp,
        count,
    });
    let bytes = u64::from(count) * size_of::<u64>() as u64;
    let resolved = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("trace"),
        size: bytes,
        usage: wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
        mapped_at_creation: false,
    });
    let back = gpu.readback("trace", bytes);
    let mapping = gpu.submit_for([&resolved, &back], bytes, |encoder| {
        for (dispatch, query) in dispatches.iter().zip((0..).step_by(2)) {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some(&dispatch.name),
                timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                    query_set: &queries,
                    beginning_of_pass_write_index: Some(query),
                    end_of_pass_write_index: Some(query + 1),
                }),
            });
            dispatch.encode(&mut pass, extent);
        }
        encoder.resolve_query_set(&queries, 0..count, &resolved, 0);
    });
    let ticks: Vec<u64> = bytemuck::pod_collect_to_vec(&mapping.finish(gpu).await?);
    let first = ticks.first().copied().unwrap_or(0);
    let seconds = |ticks: u64| ticks as f64 * f64::from(gpu.queue.get_timestamp_period()) * 1e-9;
    Ok(dispatches
        .iter()
        .zip(ticks.chunks_exact(2))
        .map(|(dispatch, ticks)| Span {
            kernel: dispatch.name.to_string(),
            start: seconds(ticks[0].wrapping_sub(first)),
            duration: seconds(ticks[1].saturating_sub(ticks[0])),
        })
        .collect())
}
