// out = CAP · tanh(x / CAP), element by element
//
// Shapes: x and out [rows, WIDTH · 4].
// Work: one invocation a vec4.
#import lib/step
#import lib/rows
#import lib/tangent

override WIDTH: u32; // columns / 4

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

override CAP: f32;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= WIDTH || id.y >= row_count()) {
    return;
  }
  let i = id.y * WIDTH + id.x;
  out[i] = CAP * tangent(x[i] / CAP);
}
