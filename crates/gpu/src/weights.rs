//! Weights as planes on the GPU, filled from streams of blocks.

use crate::{
    device::Gpu,
    kernel::{Bind, Kernel, read, uniform},
    planes::{self, GROUP, PlaneBytes, Planes, plane_bytes},
};
use gguf::Format;
use ops::BackendError;

/// One weight of the file, or several of the same width and format one above the other.
pub(crate) struct Weight {
    pub(crate) format: Format,
    /// All rows of all parts: one piece, unless a binding has no room for them.
    pub(crate) pieces: Vec<Piece>,
    parts: Vec<Part>,
}

/// Some rows of a weight, as kernels are given them.
pub(crate) struct Piece {
    pub(crate) format: Format,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) quants: wgpu::Buffer,
    scales: Option<wgpu::Buffer>,
    high: Option<wgpu::Buffer>,
    /// `shaders/lib/shape.wgsl`.
    shape: wgpu::Buffer,
    /// Blocks of the pieces above.
    first: usize,
}

/// Rows of a weight that one binding of `limit` bytes has room for.
pub(crate) fn rows_a_piece(format: Format, columns: usize, limit: u64) -> usize {
    // The quants are the largest plane. Of several pieces each begins with a whole pair of rows and, in the stream, at an
    // even block, whatever the number of blocks a row.
    let row = plane_bytes(format, columns / format.block_len()).quants;
    (limit / row.max(1) / 4 * 4) as usize
}

/// One weight of the file.
struct Part {
    name: String,
    /// Blocks of the parts above.
    first: usize,
    blocks: usize,
    uploaded: usize,
}

impl Weight {
    /// Reserves memory for `parts`, which are names and rows, of `columns` in `format`. `first_pairs` are the last two
    /// fields of the shape.
    pub(crate) fn new(
        gpu: &Gpu,
        parts: &[(&str, usize)],
        format: Format,
        columns: usize,
        first_pairs: [u32; 2],
    ) -> Result<Self, BackendError> {
        let name: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
        let name = name.join(" + ");
        let rows: usize = parts.iter().map(|(_, rows)| rows).sum();
        let limit = gpu.largest_binding();
        let fits = plane_bytes(format, rows * columns / format.block_len()).quants <= limit;
        let most = if fits { rows } else { rows_a_piece(format, columns, limit) };
        if most == 0 {
            return Err(BackendError::TooSmall(format!(
                "{name} has rows of {columns} values and one buffer may have {limit} bytes here; choose a smaller model"
            )));
        }
        let pieces = (0..rows).step_by(most).map(|above| {
            let rows = [above, most.min(rows - above), rows];
            Piece::new(gpu, &name, format, rows, columns, first_pairs)
        });
        let mut first = 0;
        let parts = parts
            .iter()
            .map(|&(name, rows)| {
                let blocks = rows * columns / format.block_len();
                first += blocks;
                Part { name: name.into(), first: first - blocks, blocks, uploaded: 0 }
            })
            .collect();
        Ok(Self { format, pieces: pieces.collect(), parts })
    }

    /// Takes the next whole blocks of a part, which must follow the ones before: an even number, so that every plane's
    /// share is whole words, unless they are the part's last. `planes` is memory to work in.
    pub(crate) fn write(
        &mut self,
        gpu: &Gpu,
        part: usize,
        first_block: u64,
        bytes: &[u8],
        planes: &mut Planes,
    ) -> Result<(), BackendError> {
        let part = &mut self.parts[part];
        let (size, left) = (self.format.block_bytes(), part.blocks - part.uploaded);
        let count = bytes.len() / size;
        if first_block != part.uploaded as u64
            || !bytes.len().is_multiple_of(size)
            || count > left
            || (count % 2 == 1 && count < left)
        {
            return Err(BackendError::Refused(format!(
                "{}: {} bytes at block {first_block} of {}, after {}",
                part.name,
                bytes.len(),
                part.blocks,
                part.uploaded
            )));
        }
        let mut at = part.first + part.uploaded;
        part.uploaded += count;
        let mut rest = bytes;
        for piece in &self.pieces {
            let end = piece.first + piece.rows * piece.columns / self.format.block_len();
            if at < end && !rest.is_empty() {
                let here = rest.len().min((end - at) * size);
                let blocks;
                (blocks, rest) = rest.split_at(here);
                piece.write(gpu, at - piece.first, blocks, planes);
                at += here / size;
            }
        }
        // Sets the copying going, so that what was staged for it does not pile up.
        gpu.queue.submit([]);
        Ok(())
    }

    /// The name of a part that has not come whole.
    pub(crate) fn incomplete(&self) -> Option<&str> {
        self.parts.iter().find(|part| part.uploaded < part.blocks).map(|part| part.name.as_str())
    }

    /// Bytes on the GPU.
    pub(crate) fn bytes(&self) -> u64 {
        self.pieces.iter().map(Piece::bytes).sum()
    }
}

impl Piece {
    /// Of `all` rows of a weight some, with so many `above` them.
    fn new(
        gpu: &Gpu,
        name: &str,
        format: Format,
        [above, rows, all]: [usize; 3],
        columns: usize,
        [key, value]: [u32; 2],
    ) -> Self {
        let PlaneBytes { quants, scales, high } = plane_bytes(format, rows * columns / format.block_len());
        let groups = columns / GROUP;
        let shape = [rows, groups, key as usize, value as usize, above, all, 0, 0].map(|word| word as u32);
        let plane = |what: &str, bytes: u64| gpu.storage(&format!("{name} {what}"), bytes);
        Self {
            format,
            rows,
            columns,
            quants: plane("quants", quants),
            scales: (scales > 0).then(|| plane("scales", scales)),
            high: (high > 0).then(|| plane("high", high)),
            shape: gpu.uniform(&format!("{name} shape"), &shape),
            first: above * columns / format.block_len(),
        }
    }

    /// Takes whole blocks, of which the first is this piece's block `first`.
    fn write(&self, gpu: &Gpu, first: usize, bytes: &[u8], planes: &mut Planes) {
        let at = plane_bytes(self.format, first);
        planes::planes(self.format, bytes, planes);
        let upload = |buffer: &wgpu::Buffer, offset: u64, data: &mut Vec<u8>| {
            data.resize(data.len().next_multiple_of(4), 0); // Only the last part of a weight can fall short.
            gpu.queue.write_buffer(buffer, offset, data);
        };
        upload(&self.quants, at.quants, &mut planes.quants);
        if let Some(scales) = &self.scales {
            upload(scales, at.scales, &mut planes.scales);
        }
        if let Some(high) = &self.high {
            upload(high, at.high, &mut planes.high);
        }
    }

    fn bytes(&self) -> u64 {
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
