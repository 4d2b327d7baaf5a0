// Q4_0: w = d · (q − 8), q in 0 … 15. Planes: `quants` one vec4 a group of 32; `scales` one f16 a group, two a word.
#import lib/nibbles
@group(0) @binding(3) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;

struct Group { words: vec4<u32>, scale: f32 }

fn load_group(g: u32) -> Group {
  return Group(quants[g], unpack2x16float(scales[g / 2u])[g % 2u]);
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  return group.scale * (bytes_to_f32(nibbles(group.words, k)) - 8.0);
}
