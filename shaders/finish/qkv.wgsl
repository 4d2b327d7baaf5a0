// Queries rotated to `out`, keys rotated and values as they are to the cache at position + t
//
// Shapes: the weight's rows are queries (QUERY) above keys (KEY) above values, each of them optional; out [T, H · E];
// the cache keys [S, K · E], then values [S, K · E]. With FRESH it holds the rows of this step alone, at t, for
// `quantize_kv`. A pair is two rows that a rotation takes together, as in lib/pairs, or neighbours.
#ifdef ROTATION
#import lib/pairs
#end
#ifdef QUERY
#ifdef APART
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
#else
@group(0) @binding(2) var<storage, read_write> out: array<vec2<f32>>;
#end

fn put_query(t: u32, pair: u32, y: vec2<f32>) {
#ifdef APART
  let at = 2u * t * shape.first_key + columns_of(pair);
  out[at.x] = y.x;
  out[at.y] = y.y;
#else
  out[t * shape.first_key + pair] = y;
#end
}
#end

#ifdef CACHE
override KV_PAIRS: u32; // K · E / 2

#ifdef APART
@group(0) @binding(9) var<storage, read_write> cache: array<f32>;
#else
@group(0) @binding(9) var<storage, read_write> cache: array<vec2<f32>>;
#end

// Where a row of keys begins, in pairs.
fn key_slot(t: u32) -> u32 {
#ifdef FRESH
  return t * KV_PAIRS;
#else
  return (step.position + t) * KV_PAIRS;
#end
}

fn put_value(t: u32, pair: u32, y: vec2<f32>) {
#ifdef APART
  let at = arrayLength(&cache) / 2u + 2u * (key_slot(t) + pair);
  cache[at] = y.x;
  cache[at + 1u] = y.y;
#else
  cache[arrayLength(&cache) / 2u + key_slot(t) + pair] = y;
#end
}

#ifdef ROTATION
fn put_key(t: u32, pair: u32, y: vec2<f32>) {
#ifdef APART
  let at = 2u * key_slot(t) + columns_of(pair);
  cache[at.x] = y.x;
  cache[at.y] = y.y;
#else
  cache[key_slot(t) + pair] = y;
#end
}
#end
#end

fn pair_rows(pair: u32) -> vec2<u32> {
#ifdef APART
  if (pair < shape.first_value) {
    return columns_of(pair);
  }
#end
  return vec2(2u * pair, 2u * pair + 1u);
}

fn finish(t: u32, pair: u32, y: vec2<f32>) {
#ifdef CACHE
  if (pair >= shape.first_value) {
    put_value(t, pair - shape.first_value, y);
    return;
  }
#end
#ifdef ROTATION
  let turned = rotated(pair, step.position + t, y);
#ifdef CACHE
  if (pair >= shape.first_key) {
    put_key(t, pair - shape.first_key, turned);
    return;
  }
#end
#ifdef QUERY
  put_query(t, pair, turned);
#end
#end
}
