// w = group_scale_of(g) · CODEBOOK[q], q in 0 … 15: the codebook is 16 signed bytes in four words, and it and the scale are
// the format's own. Plane `quants`: one vec4 a group of 32.
#import lib/nibbles
@group(0) @binding(3) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;

struct Group { words: vec4<u32>, scale: f32 }

fn load_group(g: u32) -> Group {
  return Group(quants[g], group_scale_of(g));
}

// What four values of a byte each stand for. A word of the codebook is chosen by two bits, a byte of it by two more: an
// array with a computed index would go to memory on some GPUs.
fn coded(word: u32) -> vec4<i32> {
  let q = unpack4xU8(word);
  let odd = (q & vec4(4u)) != vec4(0u);
  let low = select(vec4(CODEBOOK.x), vec4(CODEBOOK.y), odd);
  let high = select(vec4(CODEBOOK.z), vec4(CODEBOOK.w), odd);
  let bytes = select(low, high, q >= vec4(8u)) << (24u - 8u * (q & vec4(3u)));
  return bitcast<vec4<i32>>(bytes) >> vec4(24u);
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  return group.scale * vec4<f32>(coded(nibbles(group.words, k)));
}

// Weights 4k … 4k+3 of the group as bytes b, and (d, m) with w = d · b + m.
fn group_bytes(group: Group, k: u32) -> u32 {
  return pack4xI8(coded(nibbles(group.words, k)));
}

fn group_scale(group: Group) -> vec2<f32> {
  return vec2(group.scale, 0.0);
}

// A quarter of a group: weights 4j … 4j+3 and 16+4j … 16+4j+3.
struct Part { word: u32, scale: f32 }

fn load_part(g: u32, j: u32) -> Part {
  return Part(quants[g][j], group_scale_of(g));
}

// The lower four weights of the part, or the upper four.
fn part_values(part: Part, upper: u32) -> vec4<f32> {
  return part.scale * vec4<f32>(coded((part.word >> (4u * upper)) & 0x0f0f0f0fu));
}
