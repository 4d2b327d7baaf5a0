// Two-bit values, 32 in two words: bits 8j+2(k mod 4) of word k/4 belong to value 4k+j.

// Values 4k … 4k+3, one a byte.
fn two_bits(words: vec2<u32>, k: u32) -> u32 {
  return (words[k / 4u] >> (2u * (k % 4u))) & 0x03030303u;
}
