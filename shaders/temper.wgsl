// out[t] = x[t] · (1 + STRENGTH · ln(1 + ⌊(position + t + 1) / FLOOR⌋))
//
// Shapes: x and out [T, WIDTH · 4].
// Work: one invocation a vec4.
#import lib/step
#import lib/rows

override WIDTH: u32; // columns / 4

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

override STRENGTH: f32;
override FLOOR: u32;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= WIDTH || id.y >= row_count()) {
    return;
  }
  let i = id.y * WIDTH + id.x;
  let steps = (step.position + id.y + 1u) / FLOOR;
  out[i] = x[i] * (1.0 + STRENGTH * log(1.0 + f32(steps)));
}
