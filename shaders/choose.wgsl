// chosen = a token drawn from the ranked chunks; it becomes the next step's
//
// Without a temperature it is the first of the largest keys. Otherwise a draw from exp(logit / temperature) over the tokens that top-k
// and then top-p leave. These are a beginning of all tokens in falling order, hence a beginning of every ranked
// chunk: `high[c]` tokens of it. The key where they end is found bit by bit, so it is exact for any k and p; of
// tokens equal at that key the first ids stay. The draw adds up the mass that is left, chunk after chunk and rank
// after rank, until it passes u · total, u being a hash of the seed and the new token's position.
//
// Shapes: keys, ids and mass [⌈V / CHUNK⌉, CHUNK] as `rank` leaves them, recent [RECENT], picked [steps].
// Work: one workgroup; each lane has neighbouring chunks, one or two of them with usual vocabularies.
#import lib/advance
#import lib/choice

override VOCABULARY: u32;

const LANES = 256u;
const SEGMENT = 16u; // √LANES: sums over lanes go in two stages of 16
const CHUNKS = {CHUNKS}u;
const CHUNKS_A_LANE = (CHUNKS + LANES - 1u) / LANES;

@group(0) @binding(4) var<storage, read> keys: array<u32>;
@group(0) @binding(5) var<storage, read> ids: array<u32>;
@group(0) @binding(6) var<storage, read> mass: array<f32>;
@group(0) @binding(7) var<storage, read_write> recent: array<u32>;

var<workgroup> lane_key: array<u32, LANES>;
var<workgroup> lane_id: array<u32, LANES>;
var<workgroup> lane_sum: array<f32, LANES>;
var<workgroup> low: array<u32, CHUNKS>;    // tokens of the chunk that surely stay
var<workgroup> middle: array<u32, CHUNKS>; // those from the key that is tried
var<workgroup> high: array<u32, CHUNKS>;   // those that may stay
var<workgroup> drawn: u32;

// A lane's chunks: from, to.
fn chunks_of(lane: u32) -> vec2<u32> {
  return min(vec2(lane, lane + 1u) * CHUNKS_A_LANE, vec2(CHUNKS));
}

// Σ over all lanes.
fn total(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  lane_sum[lane] = value;
  workgroupBarrier();
  if (lane < SEGMENT) {
    var sum = 0.0;
    for (var l = 0u; l < SEGMENT; l++) {
      sum += lane_sum[lane * SEGMENT + l];
    }
    lane_sum[lane * SEGMENT] = sum;
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var s = 0u; s < LANES; s += SEGMENT) {
    sum += lane_sum[s];
  }
  return sum;
}

// Σ over the lanes before this one.
fn before(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  lane_sum[lane] = value;
  workgroupBarrier();
  var sum = 0.0;
  for (var l = 0u; l < lane; l++) {
    sum += lane_sum[l];
  }
  return sum;
}

// The largest key and the first token that has it, for every lane.
fn most_likely(lane: u32) -> vec2<u32> {
  let own = chunks_of(lane);
  var best = vec2(0u);
  for (var c = own.x; c < own.y; c++) {
    if (c == 0u || keys[c * CHUNK] > best.x) {
      best = vec2(keys[c * CHUNK], ids[c * CHUNK]);
    }
  }
  lane_key[lane] = best.x;
  lane_id[lane] = best.y;
  workgroupBarrier();
  if (lane < SEGMENT) {
    let first = lane * SEGMENT;
    best = vec2(lane_key[first], lane_id[first]);
    for (var l = first + 1u; l < first + SEGMENT; l++) {
      if (lane_key[l] > best.x) {
        best = vec2(lane_key[l], lane_id[l]);
      }
    }
    lane_key[first] = best.x;
    lane_id[first] = best.y;
  }
  workgroupBarrier();
  best = vec2(lane_key[0], lane_id[0]);
  for (var s = SEGMENT; s < LANES; s += SEGMENT) {
    if (lane_key[s] > best.x) {
      best = vec2(lane_key[s], lane_id[s]);
    }
  }
  return best;
}

// The first `n` ranks of chunk `c`: their number, or their mass where that of `top` is 1.
fn measure(c: u32, n: u32, by_mass: bool, top: u32) -> f32 {
  if (!by_mass || n == 0u) {
    return f32(n);
  }
  return mass[c * CHUNK + n - 1u] * weight_of(keys[c * CHUNK], top);
}

fn measure_kept(lane: u32, by_mass: bool, top: u32) -> f32 {
  let own = chunks_of(lane);
  var sum = 0.0;
  for (var c = own.x; c < own.y; c++) {
    sum += measure(c, high[c], by_mass, top);
  }
  return sum;
}

// How many tokens of chunk `c` have at least this key.
fn reaching(c: u32, key: u32) -> u32 {
  var first = low[c];
  var end = high[c];
  while (first < end) {
    let at = (first + end) / 2u;
    if (keys[c * CHUNK + at] >= key) {
      first = at + 1u;
    } else {
      end = at;
    }
  }
  return first;
}

// Lowers `high` to the fewest tokens whose number or mass reaches `goal`.
fn keep(goal: f32, by_mass: bool, top: u32, lane: u32) {
  let own = chunks_of(lane);
  for (var c = own.x; c < own.y; c++) {
    low[c] = 0u;
  }
  // The largest key from which on the goal is reached.
  var key = 0u;
  for (var bit = 0x80000000u; bit > 0u; bit >>= 1u) {
    var sum = 0.0;
    for (var c = own.x; c < own.y; c++) {
      middle[c] = reaching(c, key | bit);
      sum += measure(c, middle[c], by_mass, top);
    }
    let reached = total(sum, lane) >= goal;
    key = select(key, key | bit, reached);
    for (var c = own.x; c < own.y; c++) {
      if (reached) {
        high[c] = middle[c];
      } else {
        low[c] = middle[c];
      }
    }
  }
  // Above the key all stay; at the key, as many as are missing.
  var above = 0.0;
  var equal = 0.0;
  for (var c = own.x; c < own.y; c++) {
    above += measure(c, low[c], by_mass, top);
    equal += f32(high[c] - low[c]);
  }
  var missing = goal - total(above, lane);
  if (by_mass) {
    missing = max(ceil(missing / max(weight_of(key, top), 1e-37)), 1.0);
  }
  missing -= before(equal, lane);
  for (var c = own.x; c < own.y; c++) {
    let ties = high[c] - low[c];
    high[c] = low[c] + u32(clamp(missing, 0.0, f32(ties)));
    missing -= f32(ties);
  }
}

// Evenly spread over 0..1 in steps of 2⁻²⁴: pcg3d of Jarzynski and Olano, JCGT 9(3), 2020.
fn uniform_at(position: u32) -> f32 {
  var v = vec3(choice.seed_low, choice.seed_high, position) * 1664525u + 1013904223u;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v ^= v >> vec3(16u);
  v.x += v.y * v.z;
  return f32(v.x >> 8u) / 16777216.0;
}

// Leaves in `drawn` the token where the mass passes `goal`; nothing where rounding puts the goal past the end.
fn draw(goal: f32, prior: f32, top: u32, lane: u32) {
  let own = chunks_of(lane);
  var sum = prior;
  for (var c = own.x; c < own.y; c++) {
    let next = sum + measure(c, high[c], true, top);
    if (sum <= goal && goal < next) {
      var first = 0u;
      var end = high[c] - 1u;
      while (first < end) {
        let at = (first + end) / 2u;
        if (sum + measure(c, at + 1u, true, top) > goal) {
          end = at;
        } else {
          first = at + 1u;
        }
      }
      drawn = ids[c * CHUNK + first];
    }
    sum = next;
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  let most = most_likely(lane);
  let position = step.position + step.tokens;
  if (lane == 0u) {
    drawn = most.y;
  }
  if (choice.sharpness > 0.0) {
    let own = chunks_of(lane);
    for (var c = own.x; c < own.y; c++) {
      high[c] = min(VOCABULARY - c * CHUNK, CHUNK);
    }
    if (choice.top_k > 0u) {
      keep(f32(min(choice.top_k, VOCABULARY)), false, most.x, lane);
    }
    if (choice.top_p < 1.0) {
      let all = total(measure_kept(lane, true, most.x), lane);
      keep(max(choice.top_p, 1e-9) * all, true, most.x, lane);
    }
    let kept = measure_kept(lane, true, most.x);
    let goal = uniform_at(position) * total(kept, lane);
    draw(goal, before(kept, lane), most.x, lane);
  }
  workgroupBarrier();
  if (lane == 0u) {
    let next = min(drawn, VOCABULARY - 1u);
    recent[position % RECENT] = next;
    advance(next);
  }
}
