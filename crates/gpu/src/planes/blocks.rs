//! Formats whose block is one group.

/// Scales (and minima), then quants as they are.
pub(super) fn scales_first<const BYTES: usize, const QUANTS: usize, const SCALES: usize>(
    block: &[u8; BYTES],
    quants: &mut [u8; QUANTS],
    scales: &mut [u8; SCALES],
) {
    scales.copy_from_slice(&block[..SCALES]);
    quants.copy_from_slice(&block[SCALES..]);
}

/// Scales (and minima), then fifth bits, then quants as they are.
pub(super) fn fifth_bits_between<const BYTES: usize, const SCALES: usize>(
    block: &[u8; BYTES],
    quants: &mut [u8; 16],
    scales: &mut [u8; SCALES],
    high: &mut [u8; 4],
) {
    scales.copy_from_slice(&block[..SCALES]);
    *high = fifth_bits(std::array::from_fn(|i| block[SCALES + i]));
    quants.copy_from_slice(&block[SCALES + 4..]);
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

/// The exponent, of which the plane has the power as the upper half of a float; then quants as they are.
pub(super) fn mxfp4(block: &[u8; 17], quants: &mut [u8; 16], scales: &mut [u8; 2]) {
    let power: u16 = match block[0] {
        e @ 0..2 => 1 << (5 + e),
        e => u16::from(e - 1) << 7,
    };
    *scales = power.to_le_bytes();
    quants.copy_from_slice(&block[1..]);
}
