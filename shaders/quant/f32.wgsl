// F32. Plane `quants`: 8 × vec4 a group of 32.
@group(0) @binding(3) var<storage, read> quants: array<vec4<u32>>;

struct Group { first: u32 }

fn load_group(g: u32) -> Group {
  return Group(g * 8u);
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  return bitcast<vec4<f32>>(quants[group.first + k]);
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
