// The fifth bits of 32 values in a word: bit 8j+k belongs to value 4k+j.

// The fifth bits of values 4k … 4k+3, each at its place (16) in a byte.
fn fifth_bit(word: u32, k: u32) -> u32 {
  return ((word >> k) & 0x01010101u) << 4u;
}
