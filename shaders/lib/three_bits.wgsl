// w = UNIT · d · scale · signed_bytes(two bits, third bit), a scale for 16 values: unit and bytes are the format's own.
// Planes: `quants` the lower two bits, a vec2 a group of 32; `scales` five words a super-block; `high` the third bits, a word
// a group: bit 8j+k belongs to value 4k+j.
#import lib/two_bits
@group(0) @binding(3) var<storage, read> quants: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;
@group(0) @binding(5) var<storage, read> high: array<u32>;
#import lib/half_scales

struct Group { words: vec2<u32>, high: u32, scale: vec2<f32> }

fn load_group(g: u32) -> Group {
  return Group(quants[g], high[g], UNIT * half_scales(g));
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  return group.scale[k / 4u] * vec4<f32>(unpack4xI8(group_bytes(group, k)));
}

// Weights 4k … 4k+3 of the group as signed bytes b, and d of each half with w = d · b.
fn group_bytes(group: Group, k: u32) -> u32 {
  return signed_bytes(two_bits(group.words, k), (group.high >> k) & 0x01010101u);
}

fn group_scale(group: Group) -> vec2<f32> {
  return group.scale;
}

// A quarter of a group: weights 4j … 4j+3 and 16+4j … 16+4j+3.
struct Part { words: vec2<u32>, high: u32, scale: vec2<f32> }

fn load_part(g: u32, j: u32) -> Part {
  return Part(quants[g] >> vec2(2u * j), high[g] >> j, UNIT * half_scales(g));
}

// The lower four weights of the part, or the upper four.
fn part_values(part: Part, upper: u32) -> vec4<f32> {
  let bytes = signed_bytes(part.words[upper] & 0x03030303u, (part.high >> (4u * upper)) & 0x01010101u);
  return part.scale[upper] * vec4<f32>(unpack4xI8(bytes));
}
