// The numbers and buffers of an attention: q and out [T, H · E], the cache keys [S, K · E], then values [S, K · E];
// E = 4 · {E4}.
override HEADS: u32;    // H
override KV_HEADS: u32; // K
override SCALE: f32;

const E4 = {E4}u;

@group(0) @binding(1) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> cache: array<vec4<f32>>;

// Where the key of position `s` for the query head `h` begins; its value lies half the cache further on.
fn key_of(s: u32, h: u32) -> u32 {
  return (s * KV_HEADS + h * KV_HEADS / HEADS) * E4;
}
