// cache[position + t] = key[t], cache[S + position + t] = value[t]
//
// Shapes: key and value [T, WIDTH · 4]; the cache keys [S, WIDTH · 4], then values [S, WIDTH · 4]. With FRESH it holds the
// rows of this step alone, at t, for `quantize_kv`.
// Work: one invocation a vec4 of both.
#import lib/step

override WIDTH: u32; // K · E / 4

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> key: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> cache: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> value: array<vec4<f32>>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= WIDTH || id.y >= step.tokens) {
    return;
  }
  let source = id.y * WIDTH + id.x;
#ifdef FRESH
  let slot = source;
#else
  let slot = (step.position + id.y) * WIDTH + id.x;
#end
  cache[slot] = key[source];
  cache[arrayLength(&cache) / 2u + slot] = value[source];
}
