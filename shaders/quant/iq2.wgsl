// IQ2_XXS, IQ2_XS and IQ2_S: w = d / 8 · scale · value, two bits of magnitude (8, 25, 43) and the sign, an odd scale for 16
// values. Planes: see `lib/three_bits`; the patterns of the file spread out.
#import lib/three_bits

const UNIT = 0.125;

fn signed_bytes(low: u32, third: u32) -> u32 {
  let magnitude = 0x08080808u + 17u * (low & 0x01010101u) + 35u * ((low >> 1u) & 0x01010101u);
  // −m = ¬m + 1: no byte carries into the next one, since none is 0.
  return (magnitude ^ (third * 255u)) + third;
}
