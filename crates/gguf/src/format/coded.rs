//! Super-blocks of 256 whose values are numbers of a small set, picked by patterns of a codebook or by single trits.
//!
//! Only some patterns of neighbouring values occur in a format, and a block holds their numbers.

use half::f16;

/// A super-block taken apart: value `i` is `d`, a scale made of `scales[i / 16]`, and what `codes[i]` stands for,
/// multiplied.
///
/// | formats           | scale      | bits of a code: what they stand for |
/// |-------------------|------------|-----------|
/// | `IQ1_S`, `IQ1_M`  | 2 s + 1    | 0, 1: −1, 0, 1; bit 2: plus 1/8, or if set minus |
/// | `IQ2_…`           | s/4 + 1/8  | 0, 1: 8, 25, 43; bit 2: the sign |
/// | `IQ3_XXS`         | s/2 + 1/4  | 0 to 2: 4, 12, 20, 28, 36, 44, 52, 62; bit 3: the sign |
/// | `IQ3_S`           | 2 s + 1    | 0 to 2: 1, 3 … 15; bit 3: the sign |
/// | `TQ1_0`           | 1          | −1, 0, 1 |
#[derive(Clone, Debug)]
pub struct Coded {
    /// The scale of the whole block.
    pub d: f16,
    /// s of every sixteen values.
    pub scales: [u8; 16],
    /// One for each value.
    pub codes: [u8; 256],
}

impl Coded {
    /// `d` as byte `at` has it, and all else 0.
    pub(super) fn new(block: &[u8], at: usize) -> Self {
        let d = f16::from_le_bytes([block[at], block[at + 1]]);
        Self { d, scales: [0; 16], codes: [0; 256] }
    }

    /// Scales that stand in nibbles, the low one first.
    pub(super) fn nibble_scales(&mut self, bytes: &[u8]) {
        for (i, scale) in self.scales.iter_mut().enumerate() {
            *scale = bytes[i / 2] >> (i % 2 * 4) & 15;
        }
    }

    /// What it stands for: `scale(d, s)` times `value(code)`.
    pub(super) fn values(
        &self,
        out: &mut [f32; 256],
        scale: impl Fn(f32, f32) -> f32,
        value: impl Fn(u8) -> f32,
    ) {
        let d = self.d.to_f32();
        let sixteenths = self.scales.iter().zip(self.codes.chunks_exact(16));
        for ((&s, codes), out) in sixteenths.zip(out.chunks_exact_mut(16)) {
            let scale = scale(d, f32::from(s));
            for (&code, out) in codes.iter().zip(out) {
                *out = scale * value(code);
            }
        }
    }
}

/// −1 if `bit` is set, else 1.
pub(super) fn sign(bit: u8) -> f32 {
    if bit & 1 == 1 { -1.0 } else { 1.0 }
}

/// The signs of eight values, bit `j` for value `j`, of which the file has the lower seven bits of `bits`: the number
/// of negative values is even.
pub(super) fn signs(bits: u32) -> u8 {
    let seven = (bits & 127) as u8;
    seven | (seven.count_ones() as u8 & 1) << 7
}

/// The u32 at byte `at` of a block.
pub(super) fn word_at(block: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]])
}

/// What patterns are made of.
#[derive(Clone, Copy)]
pub(super) struct Digits {
    base: usize,
    /// Bits that a digit takes in a pattern here.
    bits: usize,
}

/// Patterns of eight values out of three.
pub(super) const TERNARY: Digits = Digits { base: 3, bits: 2 };
/// Patterns of four values out of eight.
pub(super) const OCTAL: Digits = Digits { base: 8, bits: 3 };

impl Digits {
    /// A code for each digit of `pattern`, with its bit of `signs` above it.
    pub(super) fn write(self, pattern: u16, signs: u8, codes: &mut [u8]) {
        for (j, code) in codes.iter_mut().enumerate() {
            let digit = (pattern >> (j * self.bits)) as u8 & ((1 << self.bits) - 1);
            *code = digit | (signs >> j & 1) << self.bits;
        }
    }
}

/// The patterns of a codebook in their order. A pattern is a number whose lowest digit is the first value; the order
/// is that of the numbers; bit `n % 4` of hexadecimal digit `n / 4` of `bits` tells whether the number `n` is one.
pub(super) const fn grid<const N: usize>(digits: Digits, bits: &str) -> [u16; N] {
    let hex = bits.as_bytes();
    let mut patterns = [0; N];
    let (mut count, mut number) = (0, 0);
    while number < 4 * hex.len() {
        let digit = hex[number / 4];
        let digit = if digit >= b'a' { digit - b'a' + 10 } else { digit - b'0' };
        if digit >> (number % 4) & 1 == 1 {
            let (mut rest, mut at) = (number, 0);
            while rest > 0 {
                patterns[count] |= ((rest % digits.base) << at) as u16;
                rest /= digits.base;
                at += digits.bits;
            }
            count += 1;
        }
        number += 1;
    }
    assert!(count == N, "a codebook with other than its number of patterns");
    patterns
}
