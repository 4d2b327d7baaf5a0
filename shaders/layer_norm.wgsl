// out[t] = (x[t] − mean(x[t])) / sqrt(var(x[t]) + EPS) · gain + bias
//
// Shapes: x and out [rows, WIDTH · 4], gain and bias [WIDTH · 4].
// Work: one workgroup a row; each lane sums every LANES-th vec4, first for the mean, then for the variance.
#import lib/step
#import lib/rows
#import lib/workgroup_sum

override WIDTH: u32; // columns / 4
override DIM: f32;   // columns
override EPS: f32;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> gain: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> bias: array<vec4<f32>>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * WIDTH;
  var sum = 0.0;
  for (var i = lane; i < WIDTH; i += LANES) {
    sum += dot(x[first + i], vec4(1.0));
  }
  let mean = workgroup_sum(vec3(sum, 0.0, 0.0), lane).x / DIM;
  workgroupBarrier(); // Everyone has read the sum before the next one is begun.
  var squares = 0.0;
  for (var i = lane; i < WIDTH; i += LANES) {
    let v = x[first + i] - mean;
    squares += dot(v, v);
  }
  let scale = inverseSqrt(workgroup_sum(vec3(squares, 0.0, 0.0), lane).x / DIM + EPS);
  for (var i = lane; i < WIDTH; i += LANES) {
    out[first + i] = (x[first + i] - mean) * scale * gain[i] + bias[i];
  }
}
