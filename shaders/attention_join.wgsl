// out[t, h] = Σ_i exp(most_i − max) · sum_i / Σ_i exp(most_i − max) · total_i over the splits i of an attention
//
// Shapes: parts [T, H, splits, E4 + 1] as in `attention_one`, out [T, H · E]; splits = ⌈(position + T) / SPAN⌉.
// Work: one workgroup a head and token, one lane a vec4; eight splits are under way at once.
#import lib/step

override HEADS: u32; // H

const E4 = {E4}u;
const SPAN = {SPAN}u;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> parts: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

@compute @workgroup_size(E4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let splits = (step.position + step.tokens + SPAN - 1u) / SPAN;
  let row = group.y * HEADS + group.x;
  let first = row * splits * (E4 + 1u);
  var most = -3.0e38;
  for (var i = 0u; i < splits; i += 8u) {
#repeat u 8
    most = max(most, parts[first + min(i + {u}u, splits - 1u) * (E4 + 1u) + E4].x);
#end
  }
  var sum = vec4(0.0);
  var total = 0.0;
  for (var i = 0u; i < splits; i += 8u) {
#repeat u 8
    let at_{u} = first + min(i + {u}u, splits - 1u) * (E4 + 1u);
    let part_{u} = parts[at_{u} + lane];
    let softmax_{u} = parts[at_{u} + E4];
#end
#repeat u 8
    let share_{u} = select(0.0, exp(softmax_{u}.x - most), i + {u}u < splits);
    total += share_{u} * softmax_{u}.y;
    sum += share_{u} * part_{u};
#end
  }
  out[row * E4 + lane] = sum / total;
}
