// q[t, k] = round(x[t, k] / d) with d = max |x| / 127 over each group of 32 columns: activations as signed bytes
//
// Shapes: x [T, C], C a multiple of 32; quants [T, C], four a word; scales [T, C / 32] of (d, d · Σ q).
// Work: one group by one invocation.
#import lib/step

override GROUPS: u32; // C / 32

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> quants: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> scales: array<vec2<f32>>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= GROUPS) {
    return;
  }
  let group = id.y * GROUPS + id.x;
  var largest = vec4(0.0);
#repeat k 8
  let v_{k} = x[group * 8u + {k}u];
  largest = max(largest, abs(v_{k}));
#end
  let most = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let steps = select(0.0, 127.0 / most, most > 0.0);
  var sum = 0;
#repeat k 8
  let q_{k} = vec4<i32>(round(v_{k} * steps));
  let word_{k} = pack4xI8(q_{k});
  sum += q_{k}.x + q_{k}.y + q_{k}.z + q_{k}.w;
#end
  quants[group * 2u] = vec4(word_0, word_1, word_2, word_3);
  quants[group * 2u + 1u] = vec4(word_4, word_5, word_6, word_7);
  let d = most / 127.0;
  scales[group] = vec2(d, d * f32(sum));
}
