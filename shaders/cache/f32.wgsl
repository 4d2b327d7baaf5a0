// A cache of floats: keys [S, K · E], then values [S, K · E]. A place is a vec4 of either.
@group(0) @binding(3) var<storage, read> cache: array<vec4<f32>>;

fn key_at(place: u32) -> vec4<f32> {
  return cache[place];
}

// Where the values begin: what `value_at` wants to be told, since asking for it anew each time takes longer.
fn first_value() -> u32 {
  return arrayLength(&cache) / 2u;
}

fn value_at(first: u32, place: u32) -> vec4<f32> {
  return cache[first + place];
}
