// out[t] = Σ_i weight[t, i] · x[t, i]
//
// Shapes: x [T, CHOSEN, WIDTH · 4]; route [T, 2 · CHOSEN] as `route` leaves it; out [T, WIDTH · 4].
// Work: one invocation a vec4.
#import lib/step
#import lib/rows

override WIDTH: u32; // D / 4
override CHOSEN: u32;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> route: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let t = id.y;
  if (id.x >= WIDTH || t >= step.tokens) {
    return;
  }
  var sum = vec4(0.0);
  for (var i = 0u; i < CHOSEN; i++) {
    sum += route[(2u * t + 1u) * CHOSEN + i] * x[(t * CHOSEN + i) * WIDTH + id.x];
  }
  out[t * WIDTH + id.x] = sum;
}
