// out[t, d] = c[t, d] · Σ_j kernel[d, j] · (b · x)[t − TAPS + 1 + j, d]
//
// Shapes: x [T, 3 · WIDTH] = b, c, x next to each other; kernel [WIDTH, TAPS]; out [T, WIDTH]; past [S, WIDTH], b · x of each
// position, to which that of this step is added.
// Work: one invocation a column and token. What belongs to this step is worked out anew, so that nobody waits for it.
#import lib/step
#import lib/rows

override WIDTH: u32; // D

const TAPS = {TAPS}u;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(3) var<storage, read> kernel: array<f32>;
@group(0) @binding(4) var<storage, read_write> past: array<f32>;

fn gated(t: u32, d: u32) -> f32 {
  return x[3u * t * WIDTH + d] * x[(3u * t + 2u) * WIDTH + d];
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let d = id.x;
  let t = id.y;
  if (d >= WIDTH || t >= step.tokens) {
    return;
  }
  let own = gated(t, d);
  past[(step.position + t) * WIDTH + d] = own;
  var sum = own * kernel[d * TAPS + TAPS - 1u];
  for (var back = 1u; back < TAPS; back++) {
    let weight = kernel[d * TAPS + TAPS - 1u - back];
    if (back <= t) {
      sum += weight * gated(t - back, d);
    } else if (back <= step.position + t) {
      sum += weight * past[(step.position + t - back) * WIDTH + d];
    }
  }
  out[t * WIDTH + d] = x[(3u * t + 1u) * WIDTH + d] * sum;
}
