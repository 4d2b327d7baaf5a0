// out[t, h, a], out[t, h, b] = x[t, h, a], x[t, h, b] rotated by the angle of position + t and i, for the i-th pair (a, b)
//
// Shapes: x and out [T, WIDTH · 2] with WIDTH a multiple of HEAD; rotation [S, ROTATED], (cos, sin) of each angle, which
// the host works out in f64 as position · scale · base^(−i/ROTATED) / factors[i]. Pairs are as in lib/pairs; those from
// ROTATED on are copied.
// Work: one invocation a pair.
#import lib/step
#import lib/pairs

override WIDTH: u32; // pairs a row

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let t = id.y;
  if (id.x >= WIDTH || t >= step.tokens) {
    return;
  }
  let at = 2u * t * WIDTH + columns_of(id.x);
  let pair = rotated(id.x, step.position + t, vec2(x[at.x], x[at.y]));
  out[at.x] = pair.x;
  out[at.y] = pair.y;
}
