// Q2_K: w = d · scale · q − dmin · minimum, q in 0 … 3, scale and minimum in 0 … 15 for 16 values. Planes: `quants` a vec2 a group
// of 32; `scales` five words a super-block of 8 groups: 16 bytes with the scale below and the minimum above, then d and dmin
// as f16.
#import lib/two_bits
#import lib/bytes
@group(0) @binding(3) var<storage, read> quants: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;

// `scale` and `minimum` have one for each half.
struct Group { words: vec2<u32>, scale: vec2<f32>, minimum: vec2<f32> }

fn load_group(g: u32) -> Group {
  let first = g / 8u * 5u;
  let sub = g % 8u;
  let d = unpack2x16float(scales[first + 4u]);
  let pair = scales[first + sub / 2u] >> (16u * (sub % 2u));
  return Group(quants[g], d.x * bytes_to_f32(pair & 0x0f0fu).xy, d.y * bytes_to_f32((pair >> 4u) & 0x0f0fu).xy);
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  let half = k / 4u;
  return group.scale[half] * bytes_to_f32(two_bits(group.words, k)) - group.minimum[half];
}

// A quarter of a group: weights 4j … 4j+3 and 16+4j … 16+4j+3.
struct Part { group: Group, j: u32 }

fn load_part(g: u32, j: u32) -> Part {
  return Part(load_group(g), j);
}

// The lower four weights of the part, or the upper four.
fn part_values(part: Part, upper: u32) -> vec4<f32> {
  return group_values(part.group, part.j + 4u * upper);
}
