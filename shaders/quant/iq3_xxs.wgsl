// IQ3_XXS: w = d / 4 · scale · value[q], q three bits of magnitude (4, 12, 20, 28, 36, 44, 52, 62) and the sign, an odd scale
// a group of 32. Planes: `quants` one vec4 a group, the patterns of the file spread out; `scales` three words a super-block.
#import lib/coded
#import lib/eight_scales

const CODEBOOK = vec4<u32>(0x1c140c04u, 0x3e342c24u, 0xe4ecf4fcu, 0xc2ccd4dcu);
const UNIT = 0.25;
