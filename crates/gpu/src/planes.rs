//! The layout of weights on the GPU: a block format's fields, each in a plane of its own, so that kernels read
//! aligned words. Values are cut into groups of 32; the planes of a format are described in `shaders/quant/`.

use gguf::Format;

/// Values a group.
pub(crate) const GROUP: usize = 32;

/// Bytes that blocks take in each plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlaneBytes {
    pub(crate) quants: usize,
    pub(crate) scales: usize,
    pub(crate) high: usize,
}

/// Bytes in each plane of `blocks` blocks.
pub(crate) fn plane_bytes(format: Format, blocks: usize) -> PlaneBytes {
    let (quants, scales, high) = match format {
        Format::F32 => (4, 0, 0),
        Format::F16 | Format::BF16 => (2, 0, 0),
        Format::Q8_0 => (32, 2, 0),
        Format::Q4_0 => (16, 2, 0),
        Format::Q4_1 => (16, 4, 0),
        Format::Q5_0 => (16, 2, 4),
        Format::Q5_1 => (16, 4, 4),
        Format::Q4_K => (128, 20, 0),
        Format::Q5_K => (128, 20, 32),
        Format::Q6_K => (128, 20, 64),
    };
    PlaneBytes { quants: quants * blocks, scales: scales * blocks, high: high * blocks }
}

/// Blocks are uploaded in multiples of this, so that every plane's part is whole words.
pub(crate) const UNIT: usize = 2;

/// Whether what follows so many blocks begins at a whole word of every plane.
pub(crate) fn divides(format: Format, blocks: usize) -> bool {
    let PlaneBytes { quants, scales, high } = plane_bytes(format, blocks);
    [quants, scales, high].iter().all(|bytes| bytes % 4 == 0)
}

/// Blocks as planes.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Planes {
    pub(crate) quants: Vec<u8>,
    pub(crate) scales: Vec<u8>,
    pub(crate) high: Vec<u8>,
}

/// The name of the format's file in `shaders/quant/`.
pub(crate) fn shader(format: Format) -> &'static str {
    match format {
        Format::F32 => "f32",
        Format::F16 => "f16",
        Format::BF16 => "bf16",
        Format::Q8_0 => "q8_0",
        Format::Q4_0 => "q4_0",
        Format::Q4_1 => "q4_1",
        Format::Q5_0 => "q5_0",
        Format::Q5_1 => "q5_1",
        Format::Q4_K => "q4_k",
        Format::Q5_K => "q5_k",
        Format::Q6_K => "q6_k",
    }
}

/// Takes whole blocks apart.
pub(crate) fn planes(format: Format, bytes: &[u8]) -> Planes {
    let blocks = bytes.chunks_exact(format.block_bytes());
    let sizes = plane_bytes(format, blocks.len());
    let mut p = Planes {
        quants: Vec::with_capacity(sizes.quants),
        scales: Vec::with_capacity(sizes.scales),
        high: Vec::with_capacity(sizes.high),
    };
    match format {
        Format::F32 | Format::F16 | Format::BF16 => p.quants.extend_from_slice(bytes),
        Format::Q8_0 | Format::Q4_0 => {
            for block in blocks {
                p.scales.extend_from_slice(&block[..2]);
                p.quants.extend_from_slice(&block[2..]);
            }
        }
        Format::Q4_1 => {
            for block in blocks {
                p.scales.extend_from_slice(&block[..4]);
                p.quants.extend_from_slice(&block[4..]);
            }
        }
        Format::Q5_0 => {
            for block in blocks {
                p.scales.extend_from_slice(&block[..2]);
                p.fifth_bits(word(&block[2..6]));
                p.quants.extend_from_slice(&block[6..]);
            }
        }
        Format::Q5_1 => {
            for block in blocks {
                p.scales.extend_from_slice(&block[..4]);
                p.fifth_bits(word(&block[4..8]));
                p.quants.extend_from_slice(&block[8..]);
            }
        }
        Format::Q4_K => {
            for block in blocks {
                p.super_scales(&block[..16]);
                p.paired_nibbles(&block[16..]);
            }
        }
        Format::Q5_K => {
            for block in blocks {
                p.super_scales(&block[..16]);
                for group in 0..8 {
                    let bits = (0..32).fold(0, |bits, i| bits | u32::from(block[16 + i] >> group & 1) << i);
                    p.fifth_bits(bits);
                }
                p.paired_nibbles(&block[48..]);
            }
        }
        Format::Q6_K => blocks.for_each(|block| p.q6_k(block)),
    }
    p
}

impl Planes {
    /// Bit i of `bits` belongs to value i; the plane has it at 8j+k for the value 4k+j.
    fn fifth_bits(&mut self, bits: u32) {
        let spread = (0..32).fold(0, |word, i| word | (bits >> i & 1) << (8 * (i % 4) + i / 4));
        self.high.extend_from_slice(&spread.to_le_bytes());
    }

    /// d and dmin, then 8 scales and 8 minima of 6 bits packed into 12 bytes, which become a byte each.
    fn super_scales(&mut self, fields: &[u8]) {
        let packed = &fields[4..16];
        let six =
            |low: usize, high: usize, i: usize| (packed[low + i] >> 6 << 4) | packed[8 + i] >> high & 15;
        self.scales.extend_from_slice(&fields[..4]);
        self.scales.extend((0..4).map(|i| packed[i] & 63));
        self.scales.extend((0..4).map(|i| six(0, 0, i)));
        self.scales.extend((0..4).map(|i| packed[4 + i] & 63));
        self.scales.extend((0..4).map(|i| six(4, 4, i)));
    }

    /// 32 bytes hold one group of 32 below and the next one above; the plane has the halves of one group together.
    fn paired_nibbles(&mut self, bytes: &[u8]) {
        for pair in bytes.chunks_exact(32) {
            self.quants.extend((0..16).map(|i| pair[i] & 15 | pair[16 + i] << 4));
            self.quants.extend((0..16).map(|i| pair[i] >> 4 | pair[16 + i] & 0xf0));
        }
    }

    /// 128 values of a half block: low bits in 64 bytes (value l and l+32 below, l+64 and l+96 above), upper pairs of
    /// bits in 32 bytes; then 16 scales and d.
    fn q6_k(&mut self, block: &[u8]) {
        for half in 0..2 {
            let (low, upper) = (&block[64 * half..], &block[128 + 32 * half..]);
            for quarter in 0..4 {
                let nibble = |i: usize| low[i + 32 * (quarter % 2)] >> (4 * (quarter / 2)) & 15;
                self.quants.extend((0..16).map(|i| nibble(i) | nibble(i + 16) << 4));
                let pair = |i: usize| u32::from(upper[i] >> (2 * quarter) & 3);
                for word in 0..2 {
                    let bits =
                        (0..16).fold(0, |bits, i| bits | pair(16 * word + i) << (8 * (i % 4) + 2 * (i / 4)));
                    self.high.extend_from_slice(&bits.to_le_bytes());
                }
            }
        }
        self.scales.extend_from_slice(&block[192..208]);
        self.scales.extend_from_slice(&block[208..210]);
        self.scales.extend_from_slice(&[0, 0]);
    }
}

fn word(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte))
}
