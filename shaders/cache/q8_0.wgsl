// A cache in groups of 32 values x = scale · quant. Planes: `quants` keys [S, K · E], then values [S, K · E], one a byte;
// `scales` [S, K · E / 32] pairs of f16, of a key's group and of the same group of its value. A place is a word of
// quants of either.
@group(0) @binding(3) var<storage, read> quants: array<u32>;
@group(0) @binding(4) var<storage, read> scales: array<u32>;

fn key_at(place: u32) -> vec4<f32> {
  return unpack2x16float(scales[place / 8u]).x * vec4<f32>(unpack4xI8(quants[place]));
}

fn value_at(place: u32) -> vec4<f32> {
  let word = quants[arrayLength(&quants) / 2u + place];
  return unpack2x16float(scales[place / 8u]).y * vec4<f32>(unpack4xI8(word));
}
