// scale = max |x| / 127 and quant = round(x / scale) of every 32 values x of fresh[t], to the cache at position + t
//
// Shapes: `fresh` keys [·, K · E], then values [·, K · E], of which the first T rows are this step's; `quants` and `scales` as
// in cache/q8_0.
// Work: one invocation a group of a key and the same group of its value, whose scales share a word.
#import lib/step

override GROUPS: u32; // K · E / 32

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> fresh: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> quants: array<u32>;
@group(0) @binding(3) var<storage, read_write> scales: array<u32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= GROUPS || id.y >= step.tokens) {
    return;
  }
  let key = 8u * (id.y * GROUPS + id.x);
  let value = arrayLength(&fresh) / 2u + key;
  let group = (step.position + id.y) * GROUPS + id.x;
  let packed = pack2x16float(vec2(half_of(most(key) / 127.0), half_of(most(value) / 127.0)));
  let scale = unpack2x16float(packed);
  scales[group] = packed;
  quantise(key, scale.x, 8u * group);
  quantise(value, scale.y, arrayLength(&quants) / 2u + 8u * group);
}

// The nearest number that an f16 holds. Drivers pack others rounded up or down, as they like.
fn half_of(x: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(x) + 0x1000u) & 0xffffe000u);
}

// The largest |x| of the group at `first`.
fn most(first: u32) -> f32 {
  var all = vec4(0.0);
#repeat i 8
  all = max(all, abs(fresh[first + {i}u]));
#end
  return max(max(all.x, all.y), max(all.z, all.w));
}

fn quantise(first: u32, scale: f32, to: u32) {
  // What has no scale in f16 becomes 0.
  let inverse = select(0.0, 1.0 / scale, scale > 0.0);
#repeat i 8
  quants[to + {i}u] = pack4xI8Clamp(vec4<i32>(round(fresh[first + {i}u] * inverse)));
#end
}
