// IQ4_NL: w = d · value[q], q in 0 … 15, values −127, −104, −83, −65, −49, −35, −22, −10, 1, 13, 25, 38, 53, 69, 89, 113.
// Planes: `quants` one vec4 a group of 32; `scales` one f16 a group, two a word.
#import lib/coded

const CODEBOOK = vec4<u32>(0xbfad9881u, 0xf6eaddcfu, 0x26190d01u, 0x71594535u);

fn group_scale_of(g: u32) -> f32 {
  return unpack2x16float(scales[g / 2u])[g % 2u];
}
