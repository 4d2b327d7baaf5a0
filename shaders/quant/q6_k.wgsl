// Q6_K: w = d · scale · (q − 32), q in 0 … 63, scale an i8 for 16 values. Planes: `quants` the low four bits, one vec4
// a group of 32; `scales` five words a super-block; `high` the upper two bits,
// two words a group: bits 8j+2(k mod 4) of word k/4 belong to value 4k+j.
#import lib/nibbles
@group(0) @binding(3) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;
@group(0) @binding(5) var<storage, read> high: array<u32>;
#import lib/half_scales

struct Group { words: vec4<u32>, high: vec2<u32>, scale: vec2<f32> }

fn load_group(g: u32) -> Group {
  return Group(quants[g], vec2(high[2u * g], high[2u * g + 1u]), half_scales(g));
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  let upper = ((group.high[k / 4u] >> (2u * (k % 4u))) & 0x03030303u) << 4u;
  let q = nibbles(group.words, k) | upper;
  return group.scale[k / 4u] * (bytes_to_f32(q) - 32.0);
}

// Weights 4k … 4k+3 of the group as signed bytes b, and d of each half with w = d · b.
fn group_bytes(group: Group, k: u32) -> u32 {
  let upper = ((group.high[k / 4u] >> (2u * (k % 4u))) & 0x03030303u) << 4u;
  // q − 32: no byte of the difference borrows from the next one.
  return ((nibbles(group.words, k) | upper | 0x80808080u) - 0x20202020u) ^ 0x80808080u;
}

fn group_scale(group: Group) -> vec2<f32> {
  return group.scale;
}

// A quarter of a group: weights 4j … 4j+3 and 16+4j … 16+4j+3.
struct Part { word: u32, high: vec2<u32>, scale: vec2<f32> }

fn load_part(g: u32, j: u32) -> Part {
  return Part(quants[g][j], vec2(high[2u * g], high[2u * g + 1u]) >> vec2(2u * j), half_scales(g));
}

// The lower four weights of the part, or the upper four.
fn part_values(part: Part, upper: u32) -> vec4<f32> {
  let q = ((part.word >> (4u * upper)) & 0x0f0f0f0fu) | ((part.high[upper] & 0x03030303u) << 4u);
  return part.scale[upper] * (bytes_to_f32(q) - 32.0);
}
