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

/// Takes whole blocks apart into `planes`, in place of what they held.
pub(crate) fn planes(format: Format, bytes: &[u8], planes: &mut Planes) {
    let sizes = plane_bytes(format, bytes.len() / format.block_bytes());
    let p = planes;
    // All of it is written again: what is there already need not be cleared.
    p.quants.resize(sizes.quants, 0);
    p.scales.resize(sizes.scales, 0);
    p.high.resize(sizes.high, 0);
    match format {
        Format::F32 | Format::F16 | Format::BF16 => p.quants.copy_from_slice(bytes),
        Format::Q8_0 => in_two(bytes, p, scales_first::<34, 32, 2>),
        Format::Q4_0 => in_two(bytes, p, scales_first::<18, 16, 2>),
        Format::Q4_1 => in_two(bytes, p, scales_first::<20, 16, 4>),
        Format::Q5_0 => in_three(bytes, p, fifth_bits_between::<22, 2>),
        Format::Q5_1 => in_three(bytes, p, fifth_bits_between::<24, 4>),
        Format::Q4_K => in_two(bytes, p, q4_k),
        Format::Q5_K => in_three(bytes, p, q5_k),
        Format::Q6_K => in_three(bytes, p, q6_k),
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

/// Scales (and minima), then quants as they are.
fn scales_first<const BYTES: usize, const QUANTS: usize, const SCALES: usize>(
    block: &[u8; BYTES],
    quants: &mut [u8; QUANTS],
    scales: &mut [u8; SCALES],
) {
    scales.copy_from_slice(&block[..SCALES]);
    quants.copy_from_slice(&block[SCALES..]);
}

/// Scales (and minima), then fifth bits, then quants as they are.
fn fifth_bits_between<const BYTES: usize, const SCALES: usize>(
    block: &[u8; BYTES],
    quants: &mut [u8; 16],
    scales: &mut [u8; SCALES],
    high: &mut [u8; 4],
) {
    scales.copy_from_slice(&block[..SCALES]);
    *high = fifth_bits(std::array::from_fn(|i| block[SCALES + i]));
    quants.copy_from_slice(&block[SCALES + 4..]);
}

fn q4_k(block: &[u8; 144], quants: &mut [u8; 128], scales: &mut [u8; 20]) {
    super_scales(block, scales);
    paired_nibbles(&block[16..], quants);
}

/// Byte i of 32 has the fifth bits of value i of each of the eight groups.
fn q5_k(block: &[u8; 176], quants: &mut [u8; 128], scales: &mut [u8; 20], high: &mut [u8; 32]) {
    super_scales(block, scales);
    let (words, _) = block[16..48].as_chunks();
    let (high, _) = high.as_chunks_mut();
    for (group, high) in high.iter_mut().enumerate() {
        // Four bytes at a time.
        let bits = |k: usize| (u32::from_le_bytes(words[k]) >> group & 0x0101_0101) << k;
        *high = (0..8).fold(0, |all, k| all | bits(k)).to_le_bytes();
    }
    paired_nibbles(&block[48..], quants);
}

/// Bit i of 32 belongs to value i; the plane has it at 8j+k for the value 4k+j.
fn fifth_bits(bytes: [u8; 4]) -> [u8; 4] {
    let bits = u32::from_le_bytes(bytes);
    std::array::from_fn(|j| {
        // Every fourth bit; their distance shrinks from 4 to 1 as neighbours, pairs and halves move together.
        let apart = bits >> j & 0x1111_1111;
        let pairs = (apart | apart >> 3) & 0x0303_0303;
        let halves = (pairs | pairs >> 6) & 0x000f_000f;
        (halves | halves >> 12) as u8
    })
}

/// d and dmin, then 8 scales and 8 minima of 6 bits packed into 12 bytes, which become a byte each.
fn super_scales(block: &[u8], scales: &mut [u8; 20]) {
    let packed = &block[4..16];
    scales[..4].copy_from_slice(&block[..4]);
    for i in 0..4 {
        let (scale, minimum, rest) = (packed[i], packed[4 + i], packed[8 + i]);
        scales[4 + i] = scale & 63;
        scales[8 + i] = scale >> 6 << 4 | rest & 15;
        scales[12 + i] = minimum & 63;
        scales[16 + i] = minimum >> 6 << 4 | rest >> 4;
    }
}

/// 32 bytes hold one group of 32 below and the next one above; the plane has the halves of one group together.
fn paired_nibbles(bytes: &[u8], quants: &mut [u8; 128]) {
    for (pair, quants) in bytes.chunks_exact(32).zip(quants.chunks_exact_mut(32)) {
        for i in 0..16 {
            quants[i] = pair[i] & 15 | pair[16 + i] << 4;
            quants[16 + i] = pair[i] >> 4 | pair[16 + i] & 0xf0;
        }
    }
}

/// 128 values of a half block: low bits in 64 bytes (value l and l+32 below, l+64 and l+96 above), upper pairs of
/// bits in 32 bytes; then 16 scales and d.
fn q6_k(block: &[u8; 210], quants: &mut [u8; 128], scales: &mut [u8; 20], high: &mut [u8; 64]) {
    for half in 0..2 {
        let (low, upper) = (&block[64 * half..][..64], &block[128 + 32 * half..][..32]);
        for quarter in 0..4 {
            let group = 4 * half + quarter;
            let (low, shift) = (&low[32 * (quarter % 2)..][..32], 4 * (quarter / 2));
            let quants = &mut quants[16 * group..][..16];
            for i in 0..16 {
                quants[i] = low[i] >> shift & 15 | (low[16 + i] >> shift & 15) << 4;
            }
            // A byte has the pairs of every fourth value of 16; four bytes at a time.
            let (words, _) = upper.as_chunks();
            let (high, _) = high[8 * group..][..8].as_chunks_mut();
            for (high, words) in high.iter_mut().zip(words.chunks_exact(4)) {
                let pairs =
                    |k: usize| (u32::from_le_bytes(words[k]) >> (2 * quarter) & 0x0303_0303) << (2 * k);
                *high = (0..4).fold(0, |all, k| all | pairs(k)).to_le_bytes();
            }
        }
    }
    scales[..18].copy_from_slice(&block[192..]);
    scales[18..].fill(0);
}
