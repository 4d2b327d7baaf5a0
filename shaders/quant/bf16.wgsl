// BF16. Plane `quants`: 4 × vec4 a group of 32, two values a word; a value is the upper half of its f32.
@group(0) @binding(3) var<storage, read> quants: array<vec4<u32>>;

struct Group { first: u32 }

fn load_group(g: u32) -> Group {
  return Group(g * 4u);
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  let words = quants[group.first + k / 2u];
  let pair = select(words.xy, words.zw, k % 2u == 1u);
  return bitcast<vec4<f32>>(vec4(pair.x << 16u, pair.x & 0xffff0000u, pair.y << 16u, pair.y & 0xffff0000u));
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
