// Which values of a head are rotated together: neighbours, or with APART those of the two halves of what is rotated.
override HEAD_PAIRS: u32; // E / 2
override ROTATED: u32;    // rotated pairs a head

@group(0) @binding(8) var<storage, read> rotation: array<vec2<f32>>;

// The columns of pair number `pair` of a row of heads.
fn columns_of(pair: u32) -> vec2<u32> {
#ifdef APART
  let i = pair % HEAD_PAIRS;
  if (i < ROTATED) {
    let first = 2u * pair - i;
    return vec2(first, first + ROTATED);
  }
#end
  return vec2(2u * pair, 2u * pair + 1u);
}

// The pair rotated by the angle of `position`.
fn rotated(pair: u32, position: u32, y: vec2<f32>) -> vec2<f32> {
  let i = pair % HEAD_PAIRS;
  if (i >= ROTATED) {
    return y;
  }
  let r = rotation[position * ROTATED + i];
  return vec2(y.x * r.x - y.y * r.y, y.x * r.y + y.y * r.x);
}
