//! The block formats that weights come in.

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
        Self::F32, Self::F16, Self::BF16, Self::Q8_0, Self::Q4_0, Self::Q4_1, Self::Q5_0, Self::Q5_1, Self::Q4_K,
        Self::Q5_K, Self::Q6_K,
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
}
