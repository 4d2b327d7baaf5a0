// keys[c, r], ids[c, r] = logit and token of rank r in chunk c, the repetition penalty applied
// mass[c, r] = Σ_{s ≤ r} exp((logit[c, s] − logit[c, 0]) / temperature)
//
// Shapes: logits [V], in chunks of CHUNK; recent [RECENT]; keys, ids and mass [⌈V / CHUNK⌉, CHUNK].
// Work: one workgroup a chunk. A token's rank is the number of tokens that come before it: those with a larger key,
// and of equal ones those with a smaller id. Each lane counts for four tokens.
#import lib/choice

override VOCABULARY: u32;

const LANES = 64u; // CHUNK / 4, and RECENT

@group(0) @binding(1) var<storage, read> logits: array<u32>;
@group(0) @binding(2) var<storage, read> recent: array<u32>;
@group(0) @binding(3) var<storage, read_write> keys: array<u32>;
@group(0) @binding(4) var<storage, read_write> ids: array<u32>;
@group(0) @binding(5) var<storage, read_write> mass: array<f32>;

var<workgroup> chunk: array<u32, CHUNK>;
var<workgroup> seen: array<atomic<u32>, 8>; // a bit for each token of the chunk
var<workgroup> lane_mass: array<f32, LANES>;

fn key_at(first: u32, at: u32) -> u32 {
  if (first + at >= VOCABULARY) {
    return 0u;
  }
  let key = key_of(logits[first + at]);
  if (choice.penalty == 1.0 || key <= NEVER || (atomicLoad(&seen[at / 32u]) & (1u << (at % 32u))) == 0u) {
    return key;
  }
  let logit = logit_of(key);
  return key_of(bitcast<u32>(logit * select(choice.penalty, choice.relief, logit > 0.0)));
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * CHUNK;
  if (choice.penalty != 1.0) {
    if (lane < 8u) {
      atomicStore(&seen[lane], 0u);
    }
    workgroupBarrier();
    let at = recent[lane] - first; // of a token before the chunk: very large
    if (at < CHUNK) {
      atomicOr(&seen[at / 32u], 1u << (at % 32u));
    }
    workgroupBarrier();
  }
  let at = vec4(lane, lane + LANES, lane + 2u * LANES, lane + 3u * LANES);
  let key = vec4(key_at(first, at.x), key_at(first, at.y), key_at(first, at.z), key_at(first, at.w));

#repeat s 4
  chunk[at[{s}]] = key[{s}];
#end
  workgroupBarrier();
  var rank = vec4(0u);
  for (var i = 0u; i < CHUNK; i++) {
    let other = vec4(chunk[i]);
    rank += select(vec4(0u), vec4(1u), (other > key) | ((other == key) & (vec4(i) < at)));
  }
  workgroupBarrier();
#repeat s 4
  chunk[rank[{s}]] = key[{s}];
  keys[first + rank[{s}]] = key[{s}];
  ids[first + rank[{s}]] = first + at[{s}];
#end
  workgroupBarrier();
  // From here each lane has four neighbouring ranks.
  var weight: vec4<f32>;
#repeat s 4
  weight[{s}] = weight_of(chunk[lane * 4u + {s}u], chunk[0]);
#end
  lane_mass[lane] = weight.x + weight.y + weight.z + weight.w;
  workgroupBarrier();
  var sum = 0.0;
  for (var l = 0u; l < lane; l++) {
    sum += lane_mass[l];
  }
#repeat s 4
  sum += weight[{s}];
  mass[first + lane * 4u + {s}u] = sum;
#end
}
