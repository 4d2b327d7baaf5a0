//! Formats whose block is a super-block of eight groups, with scales of their own.

pub(super) fn q4_k(block: &[u8; 144], quants: &mut [u8; 128], scales: &mut [u8; 20]) {
    super_scales(block, scales);
    paired_nibbles(&block[16..], quants);
}

pub(super) fn q5_k(block: &[u8; 176], quants: &mut [u8; 128], scales: &mut [u8; 20], high: &mut [u8; 32]) {
    super_scales(block, scales);
    one_bit_each(&block[16..48], high);
    paired_nibbles(&block[48..], quants);
}

/// 16 scales with their minima, two bits a value, d and dmin.
pub(super) fn q2_k(block: &[u8; 84], quants: &mut [u8; 64], scales: &mut [u8; 20]) {
    two_bits_each(&block[16..80], quants);
    scales[..16].copy_from_slice(&block[..16]);
    scales[16..].copy_from_slice(&block[80..]);
}

/// Third bits, two bits a value, 16 scales of 6 bits, which become a signed byte each, and d.
pub(super) fn q3_k(block: &[u8; 110], quants: &mut [u8; 64], scales: &mut [u8; 20], high: &mut [u8; 32]) {
    one_bit_each(&block[..32], high);
    two_bits_each(&block[32..96], quants);
    let packed = &block[96..108];
    for (i, scale) in scales[..16].iter_mut().enumerate() {
        let (low, upper) = (packed[i % 8] >> (i / 8 * 4) & 15, packed[8 + i % 4] >> (i / 4 * 2) & 3);
        *scale = (low | upper << 4).wrapping_sub(32);
    }
    scales[16..18].copy_from_slice(&block[108..]);
    scales[18..].fill(0);
}

/// d, eight scales of 6 bits, which become a signed byte each, and quants as they are.
pub(super) fn iq4_xs(block: &[u8; 136], quants: &mut [u8; 128], scales: &mut [u8; 12]) {
    for (i, scale) in scales[..8].iter_mut().enumerate() {
        let (low, upper) = (block[4 + i / 2] >> (i % 2 * 4) & 15, block[2 + i / 4] >> (i % 4 * 2) & 3);
        *scale = (low | upper << 4).wrapping_sub(32);
    }
    scales[8..10].copy_from_slice(&block[..2]);
    scales[10..].fill(0);
    quants.copy_from_slice(&block[8..]);
}

/// Four trits a byte, and d.
pub(super) fn tq2_0(block: &[u8; 66], quants: &mut [u8; 64], scales: &mut [u8; 2]) {
    two_bits_each(&block[..64], quants);
    scales.copy_from_slice(&block[64..]);
}

/// Byte i of 32 has a bit of value i of each of the eight groups; the plane has those of a group in a word, bit 8j+k
/// for the value 4k+j.
fn one_bit_each(bytes: &[u8], high: &mut [u8; 32]) {
    let (words, _) = bytes.as_chunks();
    let (high, _) = high.as_chunks_mut();
    for (group, high) in high.iter_mut().enumerate() {
        // Four bytes at a time.
        let bits = |k: usize| (u32::from_le_bytes(words[k]) >> group & 0x0101_0101) << k;
        *high = (0..8).fold(0, |all, k| all | bits(k)).to_le_bytes();
    }
}

/// Byte i of 32 has pairs of bits of value i of four groups; the plane has those of a group in two words, bits
/// 8j + 2 (k mod 4) of word k/4 for the value 4k+j.
fn two_bits_each(bytes: &[u8], pairs: &mut [u8; 64]) {
    for (group, pairs) in pairs.chunks_exact_mut(8).enumerate() {
        let (words, _) = bytes[group / 4 * 32..][..32].as_chunks();
        let (pairs, _) = pairs.as_chunks_mut();
        for (pairs, words) in pairs.iter_mut().zip(words.chunks_exact(4)) {
            // Four bytes at a time.
            let bits =
                |k: usize| (u32::from_le_bytes(words[k]) >> (2 * (group % 4)) & 0x0303_0303) << (2 * k);
            *pairs = (0..4).fold(0, |all, k| all | bits(k)).to_le_bytes();
        }
    }
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
pub(super) fn q6_k(block: &[u8; 210], quants: &mut [u8; 128], scales: &mut [u8; 20], high: &mut [u8; 64]) {
    for (group, quants) in quants.chunks_exact_mut(16).enumerate() {
        let (half, quarter) = (group / 4, group % 4);
        let (low, shift) = (&block[64 * half + 32 * (quarter % 2)..][..32], 4 * (quarter / 2));
        for (i, quants) in quants.iter_mut().enumerate() {
            *quants = low[i] >> shift & 15 | (low[16 + i] >> shift & 15) << 4;
        }
    }
    two_bits_each(&block[128..192], high);
    scales[..18].copy_from_slice(&block[192..]);
    scales[18..].fill(0);
}
