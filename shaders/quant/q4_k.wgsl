// Q4_K: w = d · scale · q − dmin · minimum, q in 0 … 15, scale and minimum in 0 … 63 a group of 32. Planes: `quants`
// one vec4 a group; `scales` five words a super-block.
#import lib/nibbles
@group(0) @binding(3) var<storage, read> quants: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;
#import lib/super_scale

struct Group { words: vec4<u32>, scale: vec2<f32> }

fn load_group(g: u32) -> Group {
  return Group(quants[g], super_scale(g));
}

// Weights 4k … 4k+3 of the group.
fn group_values(group: Group, k: u32) -> vec4<f32> {
  return group.scale.x * bytes_to_f32(nibbles(group.words, k)) + group.scale.y;
}
