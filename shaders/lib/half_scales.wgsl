// Scales of a super-block of 256 = 8 groups in five words: 16 signed bytes, one for 16 values, then d as f16.

// The scales of the halves of group `g`.
fn half_scales(g: u32) -> vec2<f32> {
  let first = g / 8u * 5u;
  let sub = g % 8u;
  let d = unpack2x16float(scales[first + 4u]).x;
  return d * vec2<f32>(unpack4xI8(scales[first + sub / 2u] >> (16u * (sub % 2u))).xy);
}
