//! The block formats that weights come in.
//!
//! One file a format says how its blocks are laid out and what values they stand for. A tensor's blocks lie in
//! row-major order; values of a block are neighbours in a row.

mod bf16;
mod coded;
mod f16;
mod f32;
mod iq1_m;
mod iq1_s;
mod iq2_s;
mod iq2_xs;
mod iq2_xxs;
mod iq3_s;
mod iq3_xxs;
mod iq4_nl;
mod iq4_xs;
mod k_pairs;
mod k_scales;
mod mxfp4;
mod q2_k;
mod q3_k;
mod q4_0;
mod q4_1;
mod q4_k;
mod q5_0;
mod q5_1;
mod q5_k;
mod q6_k;
mod q8_0;
mod tq1_0;
mod tq2_0;

pub use coded::Coded;

/// How a tensor's values are stored.
#[allow(non_camel_case_types)] // The names are ggml's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// 32-bit floats.
    F32,
    /// 16-bit floats (IEEE).
    F16,
    /// 16-bit floats (the upper half of a 32-bit one).
    BF16,
    /// 32 × i8 with one scale.
    Q8_0,
    /// 32 × u4 − 8 with one scale.
    Q4_0,
    /// 32 × u4 with scale and minimum.
    Q4_1,
    /// 32 × u5 − 16 with one scale.
    Q5_0,
    /// 32 × u5 with scale and minimum.
    Q5_1,
    /// 256 × u2 in sixteen sub-blocks with 4-bit scales and minima.
    Q2_K,
    /// 256 × u3 − 4 in sixteen sub-blocks with 6-bit scales.
    Q3_K,
    /// 256 × u4 in eight sub-blocks with 6-bit scales and minima.
    Q4_K,
    /// 256 × u5 in eight sub-blocks with 6-bit scales and minima.
    Q5_K,
    /// 256 × u6 − 32 in sixteen sub-blocks with 8-bit scales.
    Q6_K,
    /// 32 × u4, numbers of a set of uneven steps, with one scale.
    IQ4_NL,
    /// 256 of the same in eight sub-blocks with 6-bit scales.
    IQ4_XS,
    /// 256 as one of 512 patterns for every four, signs, and eight 4-bit scales.
    IQ3_S,
    /// 256 as one of 256 patterns for every four, signs of even number, and eight 4-bit scales.
    IQ3_XXS,
    /// 256 as one of 1024 patterns for every eight, signs, and sixteen 4-bit scales.
    IQ2_S,
    /// 256 as one of 512 patterns for every eight, signs of even number, and sixteen 4-bit scales.
    IQ2_XS,
    /// 256 as one of 256 patterns for every eight, signs of even number, and eight 4-bit scales.
    IQ2_XXS,
    /// 256 as one of 2048 patterns of trits for every eight, an offset each, and sixteen 3-bit scales.
    IQ1_M,
    /// 256 as one of 2048 patterns of trits for every eight, and eight offsets and 3-bit scales.
    IQ1_S,
    /// 256 trits, five a byte, with one scale.
    TQ1_0,
    /// 256 trits, four a byte, with one scale.
    TQ2_0,
    /// 32 × 4-bit floats with a power of two.
    MXFP4,
}

impl Format {
    /// Every format, for tables of tests.
    pub const ALL: [Self; 25] = [
        Self::F32,
        Self::F16,
        Self::BF16,
        Self::Q8_0,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q2_K,
        Self::Q3_K,
        Self::Q4_K,
        Self::Q5_K,
        Self::Q6_K,
        Self::IQ4_NL,
        Self::IQ4_XS,
        Self::IQ3_S,
        Self::IQ3_XXS,
        Self::IQ2_S,
        Self::IQ2_XS,
        Self::IQ2_XXS,
        Self::IQ1_M,
        Self::IQ1_S,
        Self::TQ1_0,
        Self::TQ2_0,
        Self::MXFP4,
    ];

    /// Values a block.
    pub const fn block_len(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => 1,
            Self::Q8_0 | Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::IQ4_NL | Self::MXFP4 => 32,
            _ => 256,
        }
    }

    /// Bytes a block.
    pub const fn block_bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::BF16 => 2,
            Self::Q8_0 => 34,
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
            Self::Q5_0 => 22,
            Self::Q5_1 => 24,
            Self::Q4_K => 144,
            Self::Q5_K => 176,
            Self::Q6_K => 210,
            Self::Q2_K => 84,
            Self::Q3_K => 110,
            Self::IQ4_NL => 18,
            Self::IQ4_XS => 136,
            Self::IQ3_S => 110,
            Self::IQ3_XXS => 98,
            Self::IQ2_S => 82,
            Self::IQ2_XS => 74,
            Self::IQ2_XXS => 66,
            Self::IQ1_M => 56,
            Self::IQ1_S => 50,
            Self::TQ1_0 => 54,
            Self::TQ2_0 => 66,
            Self::MXFP4 => 17,
        }
    }
    /// Values of blocks: `out[i]` is what `bytes` say of value `i`, rounded to f32 as ggml rounds it.
    ///
    /// # Panics
    /// If `bytes` is not a whole number of blocks, or `out` has not room for exactly their values.
    pub fn dequantize(self, bytes: &[u8], out: &mut [f32]) {
        match self {
            Self::F32 => each_block(bytes, out, f32::dequantize),
            Self::F16 => each_block(bytes, out, f16::dequantize),
            Self::BF16 => each_block(bytes, out, bf16::dequantize),
            Self::Q8_0 => each_block(bytes, out, q8_0::dequantize),
            Self::Q4_0 => each_block(bytes, out, q4_0::dequantize),
            Self::Q4_1 => each_block(bytes, out, q4_1::dequantize),
            Self::Q5_0 => each_block(bytes, out, q5_0::dequantize),
            Self::Q5_1 => each_block(bytes, out, q5_1::dequantize),
            Self::Q4_K => each_block(bytes, out, q4_k::dequantize),
            Self::Q5_K => each_block(bytes, out, q5_k::dequantize),
            Self::Q6_K => each_block(bytes, out, q6_k::dequantize),
            Self::Q2_K => each_block(bytes, out, q2_k::dequantize),
            Self::Q3_K => each_block(bytes, out, q3_k::dequantize),
            Self::IQ4_NL => each_block(bytes, out, iq4_nl::dequantize),
            Self::IQ4_XS => each_block(bytes, out, iq4_xs::dequantize),
            Self::IQ3_S => each_block(bytes, out, iq3_s::dequantize),
            Self::IQ3_XXS => each_block(bytes, out, iq3_xxs::dequantize),
            Self::IQ2_S => each_block(bytes, out, iq2_s::dequantize),
            Self::IQ2_XS => each_block(bytes, out, iq2_xs::dequantize),
            Self::IQ2_XXS => each_block(bytes, out, iq2_xxs::dequantize),
            Self::IQ1_M => each_block(bytes, out, iq1_m::dequantize),
            Self::IQ1_S => each_block(bytes, out, iq1_s::dequantize),
            Self::TQ1_0 => each_block(bytes, out, tq1_0::dequantize),
            Self::TQ2_0 => each_block(bytes, out, tq2_0::dequantize),
            Self::MXFP4 => each_block(bytes, out, mxfp4::dequantize),
        }
    }

    /// One block taken apart, where its format is one of [`Coded`]'s.
    ///
    /// # Panics
    /// If `block` is not exactly one block.
    pub fn coded(self, block: &[u8]) -> Option<Coded> {
        fn of<const BYTES: usize>(block: &[u8], coded: impl Fn(&[u8; BYTES]) -> Coded) -> Option<Coded> {
            let block = block.try_into();
            Some(coded(block.expect("one block")))
        }
        match self {
            Self::IQ3_S => of(block, iq3_s::coded),
            Self::IQ3_XXS => of(block, iq3_xxs::coded),
            Self::IQ2_S => of(block, iq2_s::coded),
            Self::IQ2_XS => of(block, iq2_xs::coded),
            Self::IQ2_XXS => of(block, iq2_xxs::coded),
            Self::IQ1_M => of(block, iq1_m::coded),
            Self::IQ1_S => of(block, iq1_s::coded),
            Self::TQ1_0 => of(block, tq1_0::coded),
            _ => None,
        }
    }

    /// The number that stands for the format in a file.
    pub const fn ggml(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q5_0 => 6,
            Self::Q5_1 => 7,
            Self::Q8_0 => 8,
            Self::Q2_K => 10,
            Self::Q3_K => 11,
            Self::Q4_K => 12,
            Self::Q5_K => 13,
            Self::Q6_K => 14,
            Self::IQ2_XXS => 16,
            Self::IQ2_XS => 17,
            Self::IQ3_XXS => 18,
            Self::IQ1_S => 19,
            Self::IQ4_NL => 20,
            Self::IQ3_S => 21,
            Self::IQ2_S => 22,
            Self::IQ4_XS => 23,
            Self::IQ1_M => 29,
            Self::BF16 => 30,
            Self::TQ1_0 => 34,
            Self::TQ2_0 => 35,
            Self::MXFP4 => 39,
        }
    }

    /// The format of that number, if it is one of ours.
    pub(crate) fn from_ggml(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.ggml() == number)
    }

    /// What to call a type of that number that is not one of ours.
    pub(crate) fn ggml_name(number: u32) -> String {
        let name = match number {
            9 => "Q8_1",
            15 => "Q8_K",
            24 => "I8",
            25 => "I16",
            26 => "I32",
            27 => "I64",
            28 => "F64",
            40 => "NVFP4",
            _ => return format!("number {number}"),
        };
        name.into()
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
    }
}

fn each_block<const BYTES: usize, const LEN: usize>(
    bytes: &[u8],
    out: &mut [f32],
    dequantize: impl Fn(&[u8; BYTES], &mut [f32; LEN]),
) {
    let (blocks, bytes_over) = bytes.as_chunks::<BYTES>();
    let (values, values_over) = out.as_chunks_mut::<LEN>();
    assert!(bytes_over.is_empty() && values_over.is_empty(), "not a whole number of blocks");
    assert_eq!(blocks.len(), values.len(), "room for other than the blocks' values");
    for (block, out) in blocks.iter().zip(values) {
        dequantize(block, out);
    }
}

/// The f16 at byte `at` of a block, as f32.
fn half_at(block: &[u8], at: usize) -> f32 {
    half::f16::from_le_bytes([block[at], block[at + 1]]).to_f32()
}
