// As `attention`, for many tokens at once on GPUs: every key and value is fetched once for TOKENS queries; with SPLITS
// only a part of the positions, which `attention_join` joins
//
// Shapes: as in lib/attention; parts as in `attention_one`, [T, H, splits, E4 + 1].
// Work: one workgroup a head and TOKENS tokens, and with SPLITS SPAN positions; TEAMS lanes share a token, each with every TEAMS-th block of four
// positions. TILE positions of keys and values at a time lie in workgroup memory, where the lanes of a team read the same
// ones; each lane's softmax runs online (arXiv 1805.02867, 2205.14135), and at the end a token's lanes are joined.
#import lib/step
#import lib/attention

const TOKENS = {TOKENS}u;
const TEAMS = {TEAMS}u;
const LANES = TOKENS * TEAMS;
const TILE = {TILE}u;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;

// Keys [TILE, E4], then values [TILE, E4]; at the end one team's sums [E4, TOKENS].
var<workgroup> tile: array<vec4<f32>, 2 * TILE * E4>;
// One team's largest scores and totals.
var<workgroup> softmax: array<vec2<f32>, TOKENS>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32) {
  let lane = local % TOKENS;
  let team = local / TOKENS;
  let h = group.x;
  let values = first_value();
  let t = group.y * TOKENS + lane;
  // A lane past the last token repeats it, since it must take part in the barriers.
  let row = min(t, step.tokens - 1u);
  let q_first = (row * HEADS + h) * E4;
  let end = step.position + row + 1u;
  let begin = first_seen(step.position + row);
  // No token of the tile sees more than the first of them.
  let tile_begin = first_seen(step.position + group.y * TOKENS);
#ifdef SPLITS
  let all_first = max(group.z * {SPAN}u, tile_begin);
  let all_end = min(step.position + min((group.y + 1u) * TOKENS, step.tokens), (group.z + 1u) * {SPAN}u);
#else
  let all_first = tile_begin;
  let all_end = step.position + min((group.y + 1u) * TOKENS, step.tokens);
#end
#repeat e {E4}
  let q_{e} = q[q_first + {e}u] * SCALE;
  var sum_{e} = vec4(0.0);
#end
  var most = -3.0e38;
  var total = 0.0;
#repeat i {LOADS}
  let load_{i} = local + {i}u * LANES;
  let next_{i} = place_of(min(all_first + load_{i} / E4, all_end - 1u), h) + load_{i} % E4;
  var next_key_{i} = key_at(next_{i});
  var next_value_{i} = value_at(values, next_{i});
#end
  for (var first = all_first; first < all_end; first += TILE) {
#repeat i {LOADS}
    if (load_{i} < TILE * E4) {
      tile[load_{i}] = next_key_{i};
      tile[TILE * E4 + load_{i}] = next_value_{i};
    }
#end
    workgroupBarrier();
    // The next tile is under way while this one is worked on.
#repeat i {LOADS}
    {
      let at = place_of(min(first + TILE + load_{i} / E4, all_end - 1u), h) + load_{i} % E4;
      next_key_{i} = key_at(at);
      next_value_{i} = value_at(values, at);
    }
#end
    for (var s = 4u * team; s < TILE; s += 4u * TEAMS) {
      let key = s * E4;
      let value = (TILE + s) * E4;
#repeat i 4
      var products_{i} = vec4(0.0);
#end
#repeat e {E4}
#repeat i 4
      products_{i} += q_{e} * tile[key + {i}u * E4 + {e}u];
#end
#end
      // Positions that this token does not see get a score that no weight is left of.
      let at = vec4(first + s) + vec4(0u, 1u, 2u, 3u);
#ifdef ALL_SEEN
      let seen = at < vec4(end);
#else
      // A tile that begins anywhere may reach into the next split.
      let seen = (at < vec4(min(end, all_end))) & (at >= vec4(begin));
#end
      let ones = vec4(1.0);
      let sums = vec4(dot(products_0, ones), dot(products_1, ones), dot(products_2, ones), dot(products_3, ones));
      let scores = select(vec4(-3.0e38), capped(sums), seen);
      let new_most = max(most, max(max(scores.x, scores.y), max(scores.z, scores.w)));
      let shrink = exp(most - new_most);
      let weights = select(vec4(0.0), exp(scores - new_most), seen);
      total = total * shrink + dot(weights, ones);
      most = new_most;
#repeat e {E4}
      sum_{e} = sum_{e} * shrink + weights.x * tile[value + {e}u] + weights.y * tile[value + E4 + {e}u]
        + weights.z * tile[value + 2u * E4 + {e}u] + weights.w * tile[value + 3u * E4 + {e}u];
#end
    }
    workgroupBarrier();
  }
  for (var other = 1u; other < TEAMS; other++) {
    if (team == other) {
      softmax[lane] = vec2(most, total);
#repeat e {E4}
      tile[{e}u * TOKENS + lane] = sum_{e};
#end
    }
    workgroupBarrier();
    if (team == 0u) {
      let new_most = max(most, softmax[lane].x);
      let shrink = exp(most - new_most);
      let share = exp(softmax[lane].x - new_most);
      total = total * shrink + softmax[lane].y * share;
      most = new_most;
#repeat e {E4}
      sum_{e} = sum_{e} * shrink + tile[{e}u * TOKENS + lane] * share;
#end
    }
    workgroupBarrier();
  }
  if (team == 0u && t < step.tokens) {
#ifdef SPLITS
    let part = ((t * HEADS + h) * groups.z + group.z) * (E4 + 1u);
#repeat e {E4}
    out[part + {e}u] = sum_{e};
#end
    out[part + E4] = vec4(most, total, 0.0, 0.0);
#else
#repeat e {E4}
    out[q_first + {e}u] = sum_{e} / total;
#end
#end
  }
}
