//! A weight's planes on the GPU, filled from a stream of blocks.

use crate::{
    device::Gpu,
    kernel::{Bind, Kernel, read, uniform},
    planes::{self, GROUP, PlaneBytes, plane_bytes},
};
use gguf::Format;
use ops::BackendError;

/// Blocks are uploaded in multiples of this, so that every plane's part is whole words.
const UNIT: usize = 2;

/// One weight.
pub(crate) struct Weight {
    name: String,
    pub(crate) format: Format,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) quants: wgpu::Buffer,
    scales: Option<wgpu::Buffer>,
    high: Option<wgpu::Buffer>,
    /// `shaders/lib/shape.wgsl`.
    shape: wgpu::Buffer,
    blocks: usize,
    uploaded: usize,
    pending: Vec<u8>,
}

impl Weight {
    /// Reserves memory for `[rows, columns]` in `format`.
    pub(crate) fn new(
        gpu: &Gpu,
        name: &str,
        format: Format,
        rows: usize,
        columns: usize,
    ) -> Result<Self, BackendError> {
        let blocks = rows * columns / format.block_len();
        let PlaneBytes { quants, scales, high } = plane_bytes(format, blocks);
        let limit =
            gpu.device.limits().max_storage_buffer_binding_size.min(gpu.device.limits().max_buffer_size);
        if quants as u64 > limit {
            return Err(BackendError::TooSmall(format!(
                "{name} takes {quants} bytes and one buffer may have {limit} here; choose a smaller model"
            )));
        }
        let shape = gpu.uniform(&format!("{name} shape"), &[rows as u32, (columns / GROUP) as u32, 0, 0]);
        let plane = |what: &str, bytes: usize| gpu.storage(&format!("{name} {what}"), bytes as u64);
        Ok(Self {
            name: name.into(),
            format,
            rows,
            columns,
            quants: plane("quants", quants),
            scales: (scales > 0).then(|| plane("scales", scales)),
            high: (high > 0).then(|| plane("high", high)),
            shape,
            blocks,
            uploaded: 0,
            pending: Vec::new(),
        })
    }

    /// Takes the next whole blocks, which must follow the ones before.
    pub(crate) fn write(&mut self, gpu: &Gpu, first_block: u64, bytes: &[u8]) -> Result<(), BackendError> {
        let size = self.format.block_bytes();
        let received = self.uploaded + self.pending.len() / size;
        if first_block != received as u64
            || !bytes.len().is_multiple_of(size)
            || bytes.len() / size > self.blocks - received
        {
            return Err(BackendError::Refused(format!(
                "{}: {} bytes at block {first_block} of {}, after {received}",
                self.name,
                bytes.len(),
                self.blocks
            )));
        }
        self.pending.extend_from_slice(bytes);
        let have = self.pending.len() / size;
        let count = if self.uploaded + have == self.blocks { have } else { have / UNIT * UNIT };
        let rest = self.pending.split_off(count * size);
        let ready = std::mem::replace(&mut self.pending, rest);
        let at = plane_bytes(self.format, self.uploaded);
        let mut planes = planes::planes(self.format, &ready);
        let upload = |buffer: &wgpu::Buffer, offset: usize, data: &mut Vec<u8>| {
            data.resize(data.len().next_multiple_of(4), 0); // Only the last part of a weight can fall short.
            gpu.queue.write_buffer(buffer, offset as u64, data);
        };
        upload(&self.quants, at.quants, &mut planes.quants);
        if let Some(scales) = &self.scales {
            upload(scales, at.scales, &mut planes.scales);
        }
        if let Some(high) = &self.high {
            upload(high, at.high, &mut planes.high);
        }
        self.uploaded += count;
        Ok(())
    }

    /// Whether every block has come.
    pub(crate) fn is_complete(&self) -> bool {
        self.uploaded == self.blocks
    }

    /// The weight's name in the file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Bytes on the GPU.
    pub(crate) fn bytes(&self) -> u64 {
        let size = |b: &Option<wgpu::Buffer>| b.as_ref().map_or(0, wgpu::Buffer::size);
        self.quants.size() + size(&self.scales) + size(&self.high)
    }

    /// `kernel` in the variant for this format.
    pub(crate) fn variant(&self, kernel: Kernel) -> Kernel {
        kernel.define("FORMAT", planes::shader(self.format))
    }

    /// The planes at the bindings that `shaders/quant/` gives them, and the shape.
    pub(crate) fn binds(&self) -> impl Iterator<Item = Bind<'_>> {
        let scales = self.scales.as_ref().map(|b| read(4, b));
        let high = self.high.as_ref().map(|b| read(5, b));
        [Some(read(3, &self.quants)), scales, high, Some(uniform(6, &self.shape))].into_iter().flatten()
    }
}
