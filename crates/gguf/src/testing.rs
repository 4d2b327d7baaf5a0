//! Weights for tests, here and in other crates.

use crate::Format;
use half::{bf16, f16};

/// A small deterministic generator (SplitMix64).
pub struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Evenly spread over 0..`end`; `end` is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    /// Evenly spread over `low..high`.
    pub fn float(&mut self, low: f32, high: f32) -> f32 {
        let unit = (self.bits() >> 40) as f32 / (1 << 24) as f32;
        low + unit * (high - low)
    }
}

/// Valid blocks whose quants take all bit patterns and whose values lie within about -2..2.
pub fn random_blocks(format: Format, blocks: usize, seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut bytes: Vec<u8> = (0..blocks * format.block_bytes()).map(|_| random.bits() as u8).collect();
    for block in bytes.chunks_exact_mut(format.block_bytes()) {
        match format {
            Format::F32 => block.copy_from_slice(&random.float(-1.0, 1.0).to_le_bytes()),
            Format::F16 => put(block, 0, random.float(-1.0, 1.0)),
            Format::BF16 => block.copy_from_slice(&bf16::from_f32(random.float(-1.0, 1.0)).to_le_bytes()),
            Format::Q8_0 => put(block, 0, random.float(-1.0, 1.0) / 128.0),
            Format::Q4_0 => put(block, 0, random.float(-1.0, 1.0) / 8.0),
            Format::Q5_0 => put(block, 0, random.float(-1.0, 1.0) / 16.0),
            Format::Q4_1 => {
                put(block, 0, random.float(0.0, 2.0) / 15.0);
                put(block, 2, random.float(-1.5, 0.5));
            }
            Format::Q5_1 => {
                put(block, 0, random.float(0.0, 2.0) / 31.0);
                put(block, 2, random.float(-1.5, 0.5));
            }
            Format::Q4_K => {
                put(block, 0, random.float(0.0, 2.0) / (15.0 * 63.0));
                put(block, 2, random.float(0.0, 2.0) / 63.0);
            }
            Format::Q5_K => {
                put(block, 0, random.float(0.0, 2.0) / (31.0 * 63.0));
                put(block, 2, random.float(0.0, 2.0) / 63.0);
            }
            Format::Q6_K => put(block, 208, random.float(-2.0, 2.0) / (32.0 * 128.0)),
            Format::Q2_K => {
                put(block, 80, random.float(0.0, 2.0) / (3.0 * 15.0));
                put(block, 82, random.float(0.0, 2.0) / 15.0);
            }
            Format::Q3_K => put(block, 108, random.float(-2.0, 2.0) / (4.0 * 32.0)),
            Format::IQ4_NL => put(block, 0, random.float(-2.0, 2.0) / 127.0),
            Format::IQ4_XS => put(block, 0, random.float(-2.0, 2.0) / (32.0 * 127.0)),
            Format::IQ3_S => put(block, 0, random.float(-2.0, 2.0) / (31.0 * 15.0)),
            Format::IQ3_XXS => put(block, 0, random.float(-2.0, 2.0) / (7.75 * 62.0)),
            Format::IQ2_S | Format::IQ2_XS | Format::IQ2_XXS => {
                put(block, 0, random.float(-2.0, 2.0) / (3.875 * 43.0));
            }
            Format::IQ1_M => {
                // A nibble of the scale stands above each three of the others.
                let d = f16::from_f32(random.float(-2.0, 2.0) / (15.0 * 1.125)).to_bits();
                for (at, shift) in [(49, 0), (51, 4), (53, 8), (55, 12)] {
                    block[at] = block[at] & 15 | ((d >> shift) as u8) << 4;
                }
            }
            Format::IQ1_S => put(block, 0, random.float(-2.0, 2.0) / (15.0 * 1.125)),
            Format::TQ1_0 => put(block, 52, random.float(-1.0, 1.0)),
            Format::TQ2_0 => put(block, 64, random.float(-1.0, 1.0)),
            // Powers from 2^-9 to 2^-3.
            Format::MXFP4 => block[0] = 119 + random.below(7) as u8,
        }
    }
    bytes
}

fn put(block: &mut [u8], at: usize, scale: f32) {
    block[at..at + 2].copy_from_slice(&f16::from_f32(scale).to_le_bytes());
}
