// Q8_0: w = d · q, q in −128 … 127. Planes: `quants` 2 × vec4 a group of 32, one value a byte; `scales` one f16 a
// group, two a word.
@group(0) @binding(3) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;

struct Group { low: vec4<u32>, high: vec4<u32>, scale: f32 }

fn load_group(g: u32) -> Group {
  return Group(quants[2u * g], quants[2u * g + 1u], unpack2x16float(scales[g / 2u])[g % 2u]);
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  let word = select(group.low[k % 4u], group.high[k % 4u], k >= 4u);
  return group.scale * vec4<f32>(unpack4xI8(word));
}

// Weights 4k … 4k+3 of the group as bytes b, and (d, m) with w = d · b + m.
fn group_bytes(group: Group, k: u32) -> u32 {
  return select(group.low[k % 4u], group.high[k % 4u], k >= 4u);
}

fn group_scale(group: Group) -> vec2<f32> {
  return vec2(group.scale, 0.0);
}

// A quarter of a group: weights 4j … 4j+3 and 16+4j … 16+4j+3.
struct Part { words: vec2<u32>, scale: f32 }

fn load_part(g: u32, j: u32) -> Part {
  return Part(vec2(quants[2u * g][j], quants[2u * g + 1u][j]), unpack2x16float(scales[g / 2u])[g % 2u]);
}

// The lower four weights of the part, or the upper four.
fn part_values(part: Part, upper: u32) -> vec4<f32> {
  return part.scale * vec4<f32>(unpack4xI8(part.words[upper]));
}
