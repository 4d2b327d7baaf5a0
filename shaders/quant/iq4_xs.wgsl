// IQ4_XS: w = d · scale · value[q], q in 0 … 15 with the values of IQ4_NL, an i8 scale a group of 32. Planes: `quants` one
// vec4 a group; `scales` three words a super-block.
#import lib/coded
#import lib/eight_scales

const CODEBOOK = vec4<u32>(0xbfad9881u, 0xf6eaddcfu, 0x26190d01u, 0x71594535u);
const UNIT = 1.0;
