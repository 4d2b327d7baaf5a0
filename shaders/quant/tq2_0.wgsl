// TQ2_0, and TQ1_0 with its trits spread out: w = d · (q − 1), q in 0 … 3. Planes: `quants` a vec2 a group of 32; `scales` one f16
// a super-block of 8 groups, two a word.
#import lib/two_bits
@group(0) @binding(3) var<storage, read> quants: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;

struct Group { words: vec2<u32>, scale: f32 }

fn scale_of(g: u32) -> f32 {
  return unpack2x16float(scales[g / 16u])[g / 8u % 2u];
}

fn load_group(g: u32) -> Group {
  return Group(quants[g], scale_of(g));
}

fn less_one(q: u32) -> u32 {
  // No byte of the difference borrows from the next one.
  return ((q | 0x80808080u) - 0x01010101u) ^ 0x80808080u;
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  return group.scale * vec4<f32>(unpack4xI8(group_bytes(group, k)));
}

// Weights 4k … 4k+3 of the group as bytes b, and (d, m) with w = d · b + m.
fn group_bytes(group: Group, k: u32) -> u32 {
  return less_one(two_bits(group.words, k));
}

fn group_scale(group: Group) -> vec2<f32> {
  return vec2(group.scale, 0.0);
}

// A quarter of a group: weights 4j … 4j+3 and 16+4j … 16+4j+3.
struct Part { words: vec2<u32>, scale: f32 }

fn load_part(g: u32, j: u32) -> Part {
  return Part(quants[g] >> vec2(2u * j), scale_of(g));
}

// The lower four weights of the part, or the upper four.
fn part_values(part: Part, upper: u32) -> vec4<f32> {
  return part.scale * vec4<f32>(unpack4xI8(less_one(part.words[upper] & 0x03030303u)));
}
