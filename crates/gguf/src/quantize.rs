//! Weights to blocks: the way back from [`Format::dequantize`].
//!
//! One file a format. Where a format has one scale (and minimum) a block, they are ggml's: blocks come out as its
//! reference writes them, bit for bit. The 256-value formats, and all formats where it is known how much each column matters,
//! search for the scales that lose least (`search.rs`).

mod floats;
mod k_blocks;
mod q4_0;
mod q4_1;
mod q4_k;
mod q5_0;
mod q5_1;
mod q5_k;
mod q6_k;
mod q8_0;
mod search;

use crate::Format;

/// A format that weights can be read from, but not written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("weights cannot be written as {0}")]
pub struct NoEncoder(pub Format);

/// Appends the blocks of whole rows.
///
/// `importance`, a value for each column, says how much an error there costs: the mean square of what the column is multiplied
/// by, usually. Formats of single values and `Q8_0` have no use for it.
///
/// # Errors
/// [`NoEncoder`]; then nothing is appended.
///
/// # Panics
/// If `rows` is not a whole number of rows of `columns`, these not of blocks, or `importance` has another length.
pub fn quantize(
    format: Format,
    rows: &[f32],
    columns: usize,
    importance: Option<&[f32]>,
    out: &mut Vec<u8>,
) -> Result<(), NoEncoder> {
    assert_eq!(rows.len() % columns, 0, "not a whole number of rows");
    assert!(importance.is_none_or(|importance| importance.len() == columns), "not a value a column");
    let blocks = Blocks { rows, columns, importance };
    match format {
        Format::F32 => blocks.encode(out, |x, _| floats::f32(x)),
        Format::F16 => blocks.encode(out, |x, _| floats::f16(x)),
        Format::BF16 => blocks.encode(out, |x, _| floats::bf16(x)),
        Format::Q8_0 => blocks.encode(out, |x, _| q8_0::quantize(x)),
        Format::Q4_0 => blocks.encode(out, q4_0::quantize),
        Format::Q4_1 => blocks.encode(out, q4_1::quantize),
        Format::Q5_0 => blocks.encode(out, q5_0::quantize),
        Format::Q5_1 => blocks.encode(out, q5_1::quantize),
        Format::Q4_K => blocks.encode(out, q4_k::quantize),
        Format::Q5_K => blocks.encode(out, q5_k::quantize),
        Format::Q6_K => blocks.encode(out, q6_k::quantize),
        format => return Err(NoEncoder(format)),
    }
    Ok(())
}

struct Blocks<'a> {
    rows: &'a [f32],
    columns: usize,
    importance: Option<&'a [f32]>,
}

impl Blocks<'_> {
    fn encode<const LEN: usize, const BYTES: usize>(
        &self,
        out: &mut Vec<u8>,
        encode: impl Fn(&[f32; LEN], Option<&[f32; LEN]>) -> [u8; BYTES],
    ) {
        assert_eq!(self.columns % LEN, 0, "not a whole number of blocks");
        let (importance, _) = self.importance.unwrap_or_default().as_chunks::<LEN>();
        for row in self.rows.chunks_exact(self.columns) {
            for (i, values) in row.as_chunks::<LEN>().0.iter().enumerate() {
                out.extend(encode(values, importance.get(i)));
            }
        }
    }
}

/// The bytes of `value` as an f16.
fn half(value: f32) -> [u8; 2] {
    half::f16::from_f32(value).to_le_bytes()
}

/// What `value` is once it has been an f16.
fn as_half(value: f32) -> f32 {
    half::f16::from_f32(value).to_f32()
}

/// The nearest integer not beyond `0..=most`.
fn level(value: f32, most: f32) -> u8 {
    value.round().clamp(0.0, most) as u8
}

/// `1 / scale`, or 0 where everything is 0.
fn inverse(scale: f32) -> f32 {
    if scale == 0.0 { 0.0 } else { 1.0 / scale }
}

/// The value that is furthest from 0, the first of such.
fn furthest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |most, &value| if f32::abs(most) < value.abs() { value } else { most })
}

/// Sixteen bytes of 32 values' lower four bits: byte `i` holds value `i` low and value `i + 16` high.
fn nibbles(levels: &[u8; 32]) -> [u8; 16] {
    std::array::from_fn(|i| levels[i] & 15 | levels[i + 16] << 4)
}

/// Four bytes of 32 values' fifth bits, the first value's lowest.
fn fifth_bits(levels: &[u8; 32]) -> [u8; 4] {
    levels.iter().rev().fold(0u32, |bits, level| bits << 1 | u32::from(level >> 4 & 1)).to_le_bytes()
}

/// Parts of a block, one after the other.
fn joined<const BYTES: usize>(parts: &[&[u8]]) -> [u8; BYTES] {
    let mut block = [0; BYTES];
    let mut at = 0;
    for part in parts {
        block[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    debug_assert_eq!(at, BYTES);
    block
}
