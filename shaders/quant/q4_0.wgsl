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

// Weights 4k … 4k+3 of the group as bytes b, and (d, m) with w = d · b + m.
fn group_bytes(group: Group, k: u32) -> u32 {
  return nibbles(group.words, k);
}

fn group_scale(group: Group) -> vec2<f32> {
  return vec2(group.scale, -8.0 * group.scale);
}

// A quarter of a group: weights 4j … 4j+3 and 16+4j … 16+4j+3.
struct Part { word: u32, scale: f32 }

fn load_part(g: u32, j: u32) -> Part {
  return Part(quants[g][j], unpack2x16float(scales[g / 2u])[g % 2u]);
}

// The lower four weights of the part, or the upper four.
fn part_values(part: Part, upper: u32) -> vec4<f32> {
  let q = (part.word >> (4u * upper)) & 0x0f0f0f0fu;
  return part.scale * (bytes_to_f32(q) - 8.0);
}
