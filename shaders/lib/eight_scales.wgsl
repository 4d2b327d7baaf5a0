// Scales of a super-block of 256 = 8 groups in three words: 8 signed bytes, one a group, then d as f16.

// UNIT times the scale of group `g`: the unit is the format's own.
fn group_scale_of(g: u32) -> f32 {
  let first = g / 8u * 3u;
  let sub = g % 8u;
  let d = unpack2x16float(scales[first + 2u]).x;
  return UNIT * d * f32(unpack4xI8(scales[first + sub / 4u])[sub % 4u]);
}
