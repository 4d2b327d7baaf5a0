// A cache in groups of 32 values x = scale · quant. Planes: `quants` keys [S, K · E], then values [S, K · E], one a byte;
// `scales` [S, K · E / 32] pairs of f16, of a key's group and of the same group of its value. A place is a word of
// quants of either.
@group(0) @binding(3) var<storage, read> quants: array<u32>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;

fn key_at(place: u32) -> vec4<f32> {
  return unpack2x16float(scales[place / 8u]).x * vec4<f32>(unpack4xI8(quants[place]));
}

// Where the values begin: what `value_at` wants to be told, since asking for it anew each time takes longer.
fn first_value() -> u32 {
  return arrayLength(&quants) / 2u;
}

fn value_at(first: u32, place: u32) -> vec4<f32> {
  let word = quants[first + place];
  return unpack2x16float(scales[place / 8u]).y * vec4<f32>(unpack4xI8(word));
}
