// IQ1_S and IQ1_M: w = d / 8 · scale · (8 t ± 1), t of −1, 0, 1 as two bits, 1 taken away where the third bit is set, an odd
// scale for 16 values. Planes: see `lib/three_bits`; the patterns of the file spread out.
#import lib/three_bits

const UNIT = 0.125;

fn signed_bytes(low: u32, third: u32) -> u32 {
  // 8 q − 7 − 2 third: no byte borrows from the next one.
  return ((0x80808080u | (low << 3u)) - 0x07070707u - 2u * third) ^ 0x80808080u;
}
