// The numbers and buffers of an attention: q and out [T, H · E], keys and values [S, K · E] in the cache; E = 4 · {E4}.
#import cache/{CACHE_FORMAT}

override HEADS: u32;    // H
override KV_HEADS: u32; // K
override SCALE: f32;
#ifdef SPAN_window
override WIDTH: u32; // positions that a token sees, itself among them
#end
#ifdef SPAN_chunk
override WIDTH: u32; // positions a chunk
#end
#ifdef SOFTCAP
#import lib/tangent

override CAP: f32;
#end

const E4 = {E4}u;

@group(0) @binding(1) var<storage, read> q: array<vec4<f32>>;

// The place where key and value of position `s` for the query head `h` begin.
fn place_of(s: u32, h: u32) -> u32 {
  return (s * KV_HEADS + h * KV_HEADS / HEADS) * E4;
}

// The first position that the token at `position` sees.
fn first_seen(position: u32) -> u32 {
#ifdef SPAN_window
  return position + 1u - min(WIDTH, position + 1u);
#else
#ifdef SPAN_chunk
  return position / WIDTH * WIDTH;
#else
  return 0u;
#end
#end
}

// What a score counts.
fn capped(score: vec4<f32>) -> vec4<f32> {
#ifdef SOFTCAP
  return CAP * tangent(score / CAP);
#else
  return score;
#end
}
