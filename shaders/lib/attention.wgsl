// The numbers and buffers of an attention: q and out [T, H · E], keys and values [S, K · E] in the cache; E = 4 · {E4}.
#import cache/{CACHE_FORMAT}

override HEADS: u32;    // H
override KV_HEADS: u32; // K
override SCALE: f32;

const E4 = {E4}u;

@group(0) @binding(1) var<storage, read> q: array<vec4<f32>>;

// The place where key and value of position `s` for the query head `h` begin.
fn place_of(s: u32, h: u32) -> u32 {
  return (s * KV_HEADS + h * KV_HEADS / HEADS) * E4;
}
