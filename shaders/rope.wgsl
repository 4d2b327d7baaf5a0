// out[t, h, 2i], out[t, h, 2i+1] = x[t, h, 2i], x[t, h, 2i+1] rotated by the angle of position + t and i
//
// Shapes: x and out [T, WIDTH · 2] with WIDTH a multiple of HEAD; rotation [S, ROTATED], (cos, sin) of each angle, which
// the host works out in f64 as position · scale · base^(−i/ROTATED) / factors[i]. Pairs from ROTATED on are copied.
// Work: one invocation a pair.
#import lib/step

override WIDTH: u32;   // pairs a row
override HEAD: u32;    // pairs a head
override ROTATED: u32; // rotated pairs a head

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read> rotation: array<vec2<f32>>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let t = id.y;
  if (id.x >= WIDTH || t >= step.tokens) {
    return;
  }
  let at = t * WIDTH + id.x;
  let pair = x[at];
  let i = id.x % HEAD;
  if (i >= ROTATED) {
    out[at] = pair;
    return;
  }
  let r = rotation[(step.position + t) * ROTATED + i];
  out[at] = vec2(pair.x * r.x - pair.y * r.y, pair.x * r.y + pair.y * r.x);
}
