// Scales of a super-block of 256 = 8 groups in five words: d and dmin as f16, then 8 scales and 8 minima, a byte each.
// A group's weights are d · scale · q − dmin · minimum.

// (d · scale, −dmin · minimum) of group `g`.
fn super_scale(g: u32) -> vec2<f32> {
  let first = g / 8u * 5u;
  let sub = g % 8u;
  let d = unpack2x16float(scales[first]);
  let scale = (scales[first + 1u + sub / 4u] >> (8u * (sub % 4u))) & 0xffu;
  let minimum = (scales[first + 3u + sub / 4u] >> (8u * (sub % 4u))) & 0xffu;
  return vec2(d.x * f32(scale), -d.y * f32(minimum));
}
