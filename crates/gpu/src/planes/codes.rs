//! Formats with codebooks. The planes have what a pattern stands for and not its number, in a few bits a value: a kernel
//! then reads words like those of any other format, and looks nothing up.

use gguf::{Coded, Format};

/// Three bits of magnitude and the sign become a nibble, s becomes 2s + 1: eight scales, a byte each, and d.
pub(super) fn nibbles<const BYTES: usize>(
    format: Format,
) -> impl Fn(&[u8; BYTES], &mut [u8; 128], &mut [u8; 12]) {
    move |block, quants, scales| {
        let Some(coded) = format.coded(block) else { return };
        let groups = coded.codes.chunks_exact(32);
        for (codes, quants) in groups.zip(quants.chunks_exact_mut(16)) {
            for (i, pair) in quants.iter_mut().enumerate() {
                *pair = codes[i] | codes[16 + i] << 4;
            }
        }
        for (i, scale) in scales[..8].iter_mut().enumerate() {
            *scale = 2 * coded.scales[2 * i] + 1;
        }
        scales[8..10].copy_from_slice(&coded.d.to_le_bytes());
        scales[10..].fill(0);
    }
}

/// Two bits of a code and the third, and s as 2s + 1: sixteen scales, a byte each, and d.
pub(super) fn three_bits<const BYTES: usize>(
    format: Format,
) -> impl Fn(&[u8; BYTES], &mut [u8; 64], &mut [u8; 20], &mut [u8; 32]) {
    move |block, quants, scales, high| {
        let Some(coded) = format.coded(block) else { return };
        pairs(&coded, quants);
        let groups = coded.codes.chunks_exact(32);
        for (codes, high) in groups.zip(high.chunks_exact_mut(4)) {
            for (j, high) in high.iter_mut().enumerate() {
                *high = (0..8).fold(0, |all, k| all | (codes[4 * k + j] >> 2) << k);
            }
        }
        for (scale, s) in scales.iter_mut().zip(coded.scales) {
            *scale = 2 * s + 1;
        }
        scales[16..18].copy_from_slice(&coded.d.to_le_bytes());
        scales[18..].fill(0);
    }
}

/// Five trits a byte, and d: as if they were four a byte.
pub(super) fn tq1_0(block: &[u8; 54], quants: &mut [u8; 64], scales: &mut [u8; 2]) {
    let Some(coded) = Format::TQ1_0.coded(block) else { return };
    pairs(&coded, quants);
    *scales = coded.d.to_le_bytes();
}

/// The lower two bits of each code: a byte has those of every fourth value of sixteen.
fn pairs(coded: &Coded, quants: &mut [u8; 64]) {
    for (codes, quants) in coded.codes.chunks_exact(16).zip(quants.chunks_exact_mut(4)) {
        for (j, quants) in quants.iter_mut().enumerate() {
            *quants = (0..4).fold(0, |all, k| all | (codes[4 * k + j] & 3) << (2 * k));
        }
    }
}
