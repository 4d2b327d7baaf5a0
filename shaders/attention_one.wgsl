// As `attention`, for few tokens on GPUs; with SPLITS only a part of the positions, which `attention_join` joins
//
// Shapes: as in lib/attention, E a multiple of 16. With SPLITS parts [T, H, splits, E4 + 1]: the mixed values
// without their division, then (largest score, Σ exp(score − largest), 0, 0).
// Work: one workgroup a token, head and SPAN positions. First four lanes share a key, every fourth vec4 of it each, and each lane
// joins what they found for its positions; then E4 lanes share a value, and their sums are joined (arXiv 2311.01282).
// In both, neighbouring lanes read neighbouring vec4s, and four positions are under way at once.
#import lib/step
#import lib/attention

const LANES = 256u;
const SPAN = {SPAN}u;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

// Of each position the four lanes' parts of its score; then, in place of the first, its weight.
var<workgroup> weights: array<f32, SPAN * 4>;
var<workgroup> partial: array<f32, LANES>;
var<workgroup> mixed: array<vec4<f32>, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) lane: u32) {
  let h = group.x;
  let t = group.z;
  let values = first_value();
  let position = step.position + t;
  let first = max(group.y * SPAN, first_seen(position));
  let end = min(position + 1u, (group.y + 1u) * SPAN);
#ifdef SPLITS
  let part = ((t * HEADS + h) * groups.y + group.y) * (E4 + 1u);
  if (first >= end) {
    // Of these positions the token sees none.
    if (lane < E4) {
      out[part + lane] = vec4(0.0);
    }
    if (lane == 0u) {
      out[part + E4] = vec4(-3.0e38, 0.0, 0.0, 0.0);
    }
    return;
  }
#end
  let count = end - first;

  let j = lane % 4u;
#repeat e {E16}
  let q_{e} = q[(t * HEADS + h) * E4 + 4u * {e}u + j] * SCALE;
#end

  let e = lane % E4;
  let team = lane / E4;
  const TEAMS = LANES / E4;
#ifdef EARLY
  // The values are on their way while the scores are worked out.
#repeat u {EARLY}
  let early_{u} = value_at(values, place_of(first + min(team + {u}u * TEAMS, count - 1u), h) + e);
#end
#end

  const QUADS = LANES / 4u;
  for (var s = lane / 4u; s < count; s += 4u * QUADS) {
#repeat u 4
    let key_{u} = place_of(first + min(s + {u}u * QUADS, count - 1u), h) + j;
    var products_{u} = vec4(0.0);
#end
#repeat e {E16}
#repeat u 4
    products_{u} += q_{e} * key_at(key_{u} + 4u * {e}u);
#end
#end
#repeat u 4
    if (s + {u}u * QUADS < count) {
      weights[4u * (s + {u}u * QUADS) + j] = dot(products_{u}, vec4(1.0));
    }
#end
  }
  workgroupBarrier();
  var my_most = -3.0e38;
  for (var s = lane; s < count; s += LANES) {
    let sum = weights[4u * s] + weights[4u * s + 1u] + weights[4u * s + 2u] + weights[4u * s + 3u];
    let score = capped(vec4(sum)).x;
    weights[4u * s] = score;
    my_most = max(my_most, score);
  }
  partial[lane] = my_most;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      partial[lane] = max(partial[lane], partial[lane + half]);
    }
    workgroupBarrier();
  }
  let most = partial[0];
  workgroupBarrier();

  var my_total = 0.0;
  for (var s = lane; s < count; s += LANES) {
    let weight = exp(weights[4u * s] - most);
    weights[4u * s] = weight;
    my_total += weight;
  }
  partial[lane] = my_total;
  workgroupBarrier();

  // Lane e of each team of E4 takes the values' vec4 e at every TEAMS-th position.
  var sum = vec4(0.0);
  if (team < TEAMS) {
#ifdef EARLY
#repeat u {EARLY}
    if (team + {u}u * TEAMS < count) {
      sum += weights[4u * (team + {u}u * TEAMS)] * early_{u};
    }
#end
    for (var s = team + {EARLY}u * TEAMS; s < count; s += 8u * TEAMS) {
#else
    for (var s = team; s < count; s += 8u * TEAMS) {
#end
#repeat u 8
      let s_{u} = min(s + {u}u * TEAMS, count - 1u);
      let value_{u} = value_at(values, place_of(first + s_{u}, h) + e);
#end
#repeat u 8
      sum += select(0.0, weights[4u * s_{u}], s + {u}u * TEAMS < count) * value_{u};
#end
    }
  }
  mixed[lane] = sum;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
    workgroupBarrier();
  }
  if (lane < E4) {
    for (var other = 1u; other < TEAMS; other++) {
      sum += mixed[other * E4 + lane];
    }
#ifdef SPLITS
    out[part + lane] = sum;
    if (lane == 0u) {
      out[part + E4] = vec4(most, partial[0], 0.0, 0.0);
    }
#else
    out[(t * HEADS + h) * E4 + lane] = sum / partial[0];
#end
  }
}
