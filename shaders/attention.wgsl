// out[t, h] = Σ_s softmax_s(capped(q[t, h] · key[s, g] · SCALE)) · value[s, g] over the positions s that t sees, g = h · K / H
//
// Shapes: as in lib/attention. For adapters on which a barrier is dear.
// Work: one workgroup a token and head. Each of its LANES lanes runs a softmax of its own, online (arXiv 1805.02867),
// over every LANES-th position; then the lanes' parts are joined: one barrier in all. What a lane mixes lies in
// registers, or, where heads are WIDE, in workgroup memory.
#import lib/step
#import lib/attention

const LANES = {LANES}u;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

var<workgroup> most: array<f32, LANES>;    // each lane's largest score
var<workgroup> total: array<f32, LANES>;   // each lane's Σ exp(score − most)
var<workgroup> mixed: array<vec4<f32>, LANES * E4>; // each lane's Σ exp(score − most) · value

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let h = group.x;
  let t = group.y;
  let q_first = (t * HEADS + h) * E4;
  let end = step.position + t + 1u;
#ifdef WIDE
  for (var e = 0u; e < E4; e++) {
    mixed[lane * E4 + e] = vec4(0.0);
  }
#else
#repeat e {E4}
  let q_{e} = q[q_first + {e}u] * SCALE;
  var sum_{e} = vec4(0.0);
#end
#end
  var my_most = -3.0e38;
  var my_total = 0.0;
  for (var s = first_seen(end - 1u) + lane; s < end; s += LANES) {
    let at = place_of(s, h);
    var products = vec4(0.0);
#ifdef WIDE
    for (var e = 0u; e < E4; e++) {
      products += q[q_first + e] * key_at(at + e);
    }
    products *= SCALE;
#else
#repeat e {E4}
    products += q_{e} * key_at(at + {e}u);
#end
#end
    let score = capped(vec4(dot(products, vec4(1.0)))).x;
    let new_most = max(my_most, score);
    let shrink = exp(my_most - new_most);
    let weight = exp(score - new_most);
    my_total = my_total * shrink + weight;
    my_most = new_most;
#ifdef WIDE
    for (var e = 0u; e < E4; e++) {
      mixed[lane * E4 + e] = mixed[lane * E4 + e] * shrink + weight * value_at(first_value(), at + e);
    }
#else
#repeat e {E4}
    sum_{e} = sum_{e} * shrink + weight * value_at(first_value(), at + {e}u);
#end
#end
  }
  most[lane] = my_most;
  total[lane] = my_total;
#ifdef WIDE
#else
#repeat e {E4}
  mixed[lane * E4 + {e}u] = sum_{e};
#end
#end
  workgroupBarrier();

  // A lane without positions has total 0 and adds nothing.
  var all_most = most[0];
  for (var l = 1u; l < LANES; l++) {
    all_most = max(all_most, most[l]);
  }
  for (var e = lane; e < E4; e += LANES) {
    var sum = vec4(0.0);
    var all_total = 0.0;
    for (var l = 0u; l < LANES; l++) {
      let share = exp(most[l] - all_most);
      all_total += share * total[l];
      sum += share * mixed[l * E4 + e];
    }
    out[q_first + e] = sum / all_total;
  }
}
