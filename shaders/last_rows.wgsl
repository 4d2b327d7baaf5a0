// out[i] = x[T − head_rows + i]
//
// Shapes: x [T, WIDTH · 4], out [head_rows, WIDTH · 4].
// Work: one invocation a vec4.
#import lib/step

override WIDTH: u32; // D / 4

@group(0) @binding(0) var<storage, read> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= WIDTH || id.y >= step.head_rows) {
    return;
  }
  out[id.y * WIDTH + id.x] = x[(step.tokens - step.head_rows + id.y) * WIDTH + id.x];
}
