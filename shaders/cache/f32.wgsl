// A cache of floats: keys [S, K · E], then values [S, K · E]. A place is a vec4 of either.
@group(0) @binding(3) var<storage, read> cache: array<vec4<f32>>;

fn key_at(place: u32) -> vec4<f32> {
  return cache[place];
}

fn value_at(place: u32) -> vec4<f32> {
  return cache[arrayLength(&cache) / 2u + place];
}
