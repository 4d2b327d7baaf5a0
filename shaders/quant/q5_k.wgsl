// Q5_K: w = d · scale · q − dmin · minimum, q in 0 … 31, scale and minimum in 0 … 63 a group of 32. Planes: `quants`
// the low four bits, one vec4 a group; `scales` five words a super-block; `high` the fifth bits, a word a group.
#import lib/nibbles
#import lib/fifth_bit
@group(0) @binding(3) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;
@group(0) @binding(5) var<storage, read> high: array<u32>;
#import lib/super_scale

struct Group { words: vec4<u32>, high: u32, scale: vec2<f32> }

fn load_group(g: u32) -> Group {
  return Group(quants[g], high[g], super_scale(g));
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  let q = nibbles(group.words, k) | fifth_bit(group.high, k);
  return group.scale.x * bytes_to_f32(q) + group.scale.y;
}

// Weights 4k … 4k+3 of the group as bytes b, and (d, m) with w = d · b + m.
fn group_bytes(group: Group, k: u32) -> u32 {
  return nibbles(group.words, k) | fifth_bit(group.high, k);
}

fn group_scale(group: Group) -> vec2<f32> {
  return group.scale;
}

// A quarter of a group: weights 4j … 4j+3 and 16+4j … 16+4j+3.
struct Part { word: u32, high: u32, scale: vec2<f32> }

fn load_part(g: u32, j: u32) -> Part {
  return Part(quants[g][j], high[g] >> j, super_scale(g));
}

// The lower four weights of the part, or the upper four.
fn part_values(part: Part, upper: u32) -> vec4<f32> {
  let q = ((part.word >> (4u * upper)) & 0x0f0f0f0fu) | fifth_bit(part.high, 4u * upper);
  return part.scale.x * bytes_to_f32(q) + part.scale.y;
}
