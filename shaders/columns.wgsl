// out[t] = x[t, FROM · 4 ..]
//
// Shapes: x [rows, STRIDE · 4], out [rows, WIDTH · 4]; with LAST the last rows of x are taken.
// Work: one invocation a vec4.
#import lib/step
#import lib/rows

override WIDTH: u32; // columns / 4

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

override STRIDE: u32; // columns of x / 4
override FROM: u32;   // first column / 4

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= WIDTH || id.y >= row_count()) {
    return;
  }
  let i = id.y * WIDTH + id.x;
  out[i] = x[(first_row() + id.y) * STRIDE + FROM + id.x];
}
