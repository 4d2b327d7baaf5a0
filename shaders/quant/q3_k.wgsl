// Q3_K: w = d · scale · (q − 4), q in 0 … 7, scale an i8 for 16 values. Planes: see `lib/three_bits`.
#import lib/three_bits

const UNIT = 1.0;

fn signed_bytes(low: u32, third: u32) -> u32 {
  // q − 4: no byte of the difference borrows from the next one.
  return ((low | (third << 2u) | 0x80808080u) - 0x04040404u) ^ 0x80808080u;
}
