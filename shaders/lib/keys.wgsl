// Logits as keys: integers in the order of the logits. In integers, since compilers may take it that there is no NaN.

// The key of −∞. Only NaN is below.
const NEVER = 0x007fffffu;
// The key of the largest finite number, which +∞ counts as.
const LARGEST = 0xff7fffffu;

fn key_of(bits: u32) -> u32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return 0u;
  }
  return min(select(bits | 0x80000000u, ~bits, bits >= 0x80000000u), LARGEST);
}

fn logit_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
}
