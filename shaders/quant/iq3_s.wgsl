// IQ3_S: w = d · scale · value[q], q three bits of magnitude (1, 3 … 15) and the sign, an odd scale a group of 32. Planes:
// `quants` one vec4 a group, the patterns of the file spread out; `scales` three words a super-block.
#import lib/coded
#import lib/eight_scales

const CODEBOOK = vec4<u32>(0x07050301u, 0x0f0d0b09u, 0xf9fbfdffu, 0xf1f3f5f7u);
const UNIT = 1.0;
