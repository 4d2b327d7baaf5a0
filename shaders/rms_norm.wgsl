// out[t] = x[t] / sqrt(mean(x[t]²) + EPS) · gain
//
// Shapes: x and out [T, D], gain [D], D a multiple of 4; with LAST the last rows of x are taken.
// Work: one workgroup a row; each lane squares every LANES-th vec4, then scales it.
#import lib/step
#import lib/rows
#import lib/workgroup_sum

override WIDTH: u32; // D / 4
override DIM: f32;   // D
override EPS: f32;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> gain: array<vec4<f32>>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let source = (first_row() + group.x) * WIDTH;
  let slot = group.x * WIDTH;
  var squares = 0.0;
  for (var i = lane; i < WIDTH; i += LANES) {
    let v = x[source + i];
    squares += dot(v, v);
  }
  let scale = inverseSqrt(workgroup_sum(vec3(squares, 0.0, 0.0), lane).x / DIM + EPS);
  for (var i = lane; i < WIDTH; i += LANES) {
    out[slot + i] = x[source + i] * scale * gain[i];
  }
}
