// Queries rotated to `out`, keys rotated and values as they are to the cache at position + t
//
// Shapes: the weight's rows are queries (QUERY) above keys (KEY) above values, each of them optional; out [T, H · E];
// the cache keys [S, K · E], then values [S, K · E]. With FRESH it holds the rows of this step alone, at t, for
// `quantize_kv`. A pair is two neighbouring rows, which is what a rotation takes; rotation as in `rope`.
#ifdef QUERY
@group(0) @binding(2) var<storage, read_write> out: array<vec2<f32>>;
#end
#ifdef ROTATION
override HEAD_PAIRS: u32; // E / 2
override ROTATED: u32;    // rotated pairs a head

@group(0) @binding(8) var<storage, read> rotation: array<vec2<f32>>;
#end
#ifdef CACHE
override KV_PAIRS: u32; // K · E / 2

@group(0) @binding(9) var<storage, read_write> cache: array<vec2<f32>>;
#end

fn pair_rows(pair: u32) -> vec2<u32> {
  return vec2(2u * pair, 2u * pair + 1u);
}

fn finish(t: u32, pair: u32, y: vec2<f32>) {
#ifdef CACHE
#ifdef FRESH
  let slot = t * KV_PAIRS;
#else
  let slot = (step.position + t) * KV_PAIRS;
#end
  if (pair >= shape.first_value) {
    cache[arrayLength(&cache) / 2u + slot + pair - shape.first_value] = y;
    return;
  }
#end
#ifdef ROTATION
  var turned = y;
  let i = pair % HEAD_PAIRS;
  if (i < ROTATED) {
    let r = rotation[(step.position + t) * ROTATED + i];
    turned = vec2(y.x * r.x - y.y * r.y, y.x * r.y + y.y * r.x);
  }
#ifdef CACHE
  if (pair >= shape.first_key) {
    cache[slot + pair - shape.first_key] = turned;
    return;
  }
#end
#ifdef QUERY
  out[t * shape.first_key + pair] = turned;
#end
#end
}
