// out[t] = table[token[t]]
//
// Shapes: table [V, D], out [T, D], D a multiple of 32. Of a piece of the table, rows that lie in others are left to those.
// Work: one invocation dequantises one group of 32 values.
#import lib/step
#import lib/shape
#import quant/{FORMAT}

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> token: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let g = id.x;
  let t = id.y;
  if (g >= shape.groups || t >= step.tokens) {
    return;
  }
  // Below the piece, or above it by wrapping round.
  let row = token[t] - shape.above;
  if (row >= shape.rows) {
    return;
  }
  let group = load_group(row * shape.groups + g);
  let first = (t * shape.groups + g) * 8u;
#repeat k 8
  out[first + {k}u] = group_values(group, {k}u);
#end
}
