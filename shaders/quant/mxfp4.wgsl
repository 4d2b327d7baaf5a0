// MXFP4: w = d · value[q], q in 0 … 15, values 0, 1, 2, 3, 4, 6, 8, 12 and their negatives, d a power of two. Planes: `quants`
// one vec4 a group of 32; `scales` the upper half of the f32 of d, two a word.
#import lib/coded

const CODEBOOK = vec4<u32>(0x03020100u, 0x0c080604u, 0xfdfeff00u, 0xf4f8fafcu);

fn group_scale_of(g: u32) -> f32 {
  return bitcast<f32>((scales[g / 2u] >> (16u * (g % 2u))) << 16u);
}
