//! The layout of weights on the GPU: a block format's fields, each in a plane of its own, so that kernels read
//! aligned words. Values are cut into groups of 32; the planes of a format are described in `shaders/quant/`.

mod blocks;
mod codes;
mod supers;

use gguf::Format;

/// Values a group.
pub(crate) const GROUP: usize = 32;

/// Bytes that blocks take in each plane: of a large model's more than a wasm32 `usize` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlaneBytes {
    pub(crate) quants: u64,
    pub(crate) scales: u64,
    pub(crate) high: u64,
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
        Format::Q2_K => (64, 20, 0),
        Format::IQ4_NL | Format::MXFP4 => (16, 2, 0),
        Format::IQ4_XS | Format::IQ3_S | Format::IQ3_XXS => (128, 12, 0),
        Format::Q3_K | Format::IQ2_S | Format::IQ2_XS | Format::IQ2_XXS | Format::IQ1_M | Format::IQ1_S => {
            (64, 20, 32)
        }
        Format::TQ1_0 | Format::TQ2_0 => (64, 2, 0),
    };
    let blocks = blocks as u64;
    PlaneBytes { quants: quants * blocks, scales: scales * blocks, high: high * blocks }
}

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
        Format::Q2_K => "q2_k",
        Format::Q3_K => "q3_k",
        Format::IQ4_NL => "iq4_nl",
        Format::IQ4_XS => "iq4_xs",
        Format::IQ3_S => "iq3_s",
        Format::IQ3_XXS => "iq3_xxs",
        Format::IQ2_S | Format::IQ2_XS | Format::IQ2_XXS => "iq2",
        Format::IQ1_M | Format::IQ1_S => "iq1",
        Format::TQ1_0 | Format::TQ2_0 => "tq2_0",
        Format::MXFP4 => "mxfp4",
    }
}

/// Takes whole blocks apart into `planes`, in place of what they held.
pub(crate) fn planes(format: Format, bytes: &[u8], planes: &mut Planes) {
    let sizes = plane_bytes(format, bytes.len() / format.block_bytes());
    let p = planes;
    // All of it is written again: what is there already need not be cleared.
    p.quants.resize(sizes.quants as usize, 0);
    p.scales.resize(sizes.scales as usize, 0);
    p.high.resize(sizes.high as usize, 0);
    match format {
        Format::F32 | Format::F16 | Format::BF16 => p.quants.copy_from_slice(bytes),
        Format::Q8_0 => in_two(bytes, p, blocks::scales_first::<34, 32, 2>),
        Format::Q4_0 => in_two(bytes, p, blocks::scales_first::<18, 16, 2>),
        Format::Q4_1 => in_two(bytes, p, blocks::scales_first::<20, 16, 4>),
        Format::Q5_0 => in_three(bytes, p, blocks::fifth_bits_between::<22, 2>),
        Format::Q5_1 => in_three(bytes, p, blocks::fifth_bits_between::<24, 4>),
        Format::Q4_K => in_two(bytes, p, supers::q4_k),
        Format::Q5_K => in_three(bytes, p, supers::q5_k),
        Format::Q6_K => in_three(bytes, p, supers::q6_k),
        Format::Q2_K => in_two(bytes, p, supers::q2_k),
        Format::Q3_K => in_three(bytes, p, supers::q3_k),
        Format::IQ4_NL => in_two(bytes, p, blocks::scales_first::<18, 16, 2>),
        Format::IQ4_XS => in_two(bytes, p, supers::iq4_xs),
        Format::IQ3_S => in_two(bytes, p, codes::nibbles::<110>(format)),
        Format::IQ3_XXS => in_two(bytes, p, codes::nibbles::<98>(format)),
        Format::IQ2_S => in_three(bytes, p, codes::three_bits::<82>(format)),
        Format::IQ2_XS => in_three(bytes, p, codes::three_bits::<74>(format)),
        Format::IQ2_XXS => in_three(bytes, p, codes::three_bits::<66>(format)),
        Format::IQ1_M => in_three(bytes, p, codes::three_bits::<56>(format)),
        Format::IQ1_S => in_three(bytes, p, codes::three_bits::<50>(format)),
        Format::TQ1_0 => in_two(bytes, p, codes::tq1_0),
        Format::TQ2_0 => in_two(bytes, p, supers::tq2_0),
        Format::MXFP4 => in_two(bytes, p, blocks::mxfp4),
    }
}

/// Lets `take(block, quants, scales)` fill what belongs to each block.
fn in_two<const BYTES: usize, const QUANTS: usize, const SCALES: usize>(
    bytes: &[u8],
    planes: &mut Planes,
    take: impl Fn(&[u8; BYTES], &mut [u8; QUANTS], &mut [u8; SCALES]),
) {
    let (blocks, _) = bytes.as_chunks();
    let (quants, _) = planes.quants.as_chunks_mut();
    let (scales, _) = planes.scales.as_chunks_mut();
    for ((block, quants), scales) in blocks.iter().zip(quants).zip(scales) {
        take(block, quants, scales);
    }
}

/// Lets `take(block, quants, scales, high)` fill what belongs to each block.
fn in_three<const BYTES: usize, const QUANTS: usize, const SCALES: usize, const HIGH: usize>(
    bytes: &[u8],
    planes: &mut Planes,
    take: impl Fn(&[u8; BYTES], &mut [u8; QUANTS], &mut [u8; SCALES], &mut [u8; HIGH]),
) {
    let (blocks, _) = bytes.as_chunks();
    let (quants, _) = planes.quants.as_chunks_mut();
    let (scales, _) = planes.scales.as_chunks_mut();
    let (high, _) = planes.high.as_chunks_mut();
    for (((block, quants), scales), high) in blocks.iter().zip(quants).zip(scales).zip(high) {
        take(block, quants, scales, high);
    }
}
