//! The block formats that weights come in.
//!
//! One file a format says how its blocks are laid out and what values they stand for. A tensor's blocks lie in
//! row-major order; values of a block are neighbours in a row.

mod bf16;
mod f16;
mod f32;
mod k_scales;
mod q4_0;
mod q4_1;
mod q4_k;
mod q5_0;
mod q5_1;
mod q5_k;
mod q6_k;
mod q8_0;

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
    /// 256 × u4 in eight sub-blocks with 6-bit scales and minima.
    Q4_K,
    /// 256 × u5 in eight sub-blocks with 6-bit scales and minima.
    Q5_K,
    /// 256 × u6 − 32 in sixteen sub-blocks with 8-bit scales.
    Q6_K,
}

impl Format {
    /// Every format, for tables of tests.
    pub const ALL: [Self; 11] = [
        Self::F32,
        Self::F16,
        Self::BF16,
        Self::Q8_0,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q5_0,
        Self::Q5_1,
        Self::Q4_K,
        Self::Q5_K,
        Self::Q6_K,
    ];

    /// Values a block.
    pub const fn block_len(self) -> usize {
        match self {
            Self::F32 | Self::F16 | Self::BF16 => 1,
            Self::Q8_0 | Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 => 32,
            Self::Q4_K | Self::Q5_K | Self::Q6_K => 256,
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
            Self::Q4_K => 12,
            Self::Q5_K => 13,
            Self::Q6_K => 14,
            Self::BF16 => 30,
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
            10 => "Q2_K",
            11 => "Q3_K",
            15 => "Q8_K",
            16 => "IQ2_XXS",
            17 => "IQ2_XS",
            18 => "IQ3_XXS",
            19 => "IQ1_S",
            20 => "IQ4_NL",
            21 => "IQ3_S",
            22 => "IQ2_S",
            23 => "IQ4_XS",
            24 => "I8",
            25 => "I16",
            26 => "I32",
            27 => "I64",
            28 => "F64",
            29 => "IQ1_M",
            34 => "TQ1_0",
            35 => "TQ2_0",
            39 => "MXFP4",
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
