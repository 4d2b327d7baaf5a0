// out[t, h] = the splits of an attention, joined as in lib/join
//
// Shapes: out [T, H · E].
// Work: one workgroup a head and token, one lane a vec4.
#import lib/step
#import lib/join

override HEADS: u32; // H

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

@compute @workgroup_size(E4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * HEADS + group.x;
  out[row * E4 + lane] = joined(row, lane);
}
