// Four-bit values, 32 in a vec4: byte j of word k holds value 4k+j below and value 16+4k+j above.
#import lib/bytes

// Values 4k … 4k+3, one a byte.
fn nibbles(words: vec4<u32>, k: u32) -> u32 {
  return (words[k % 4u] >> (4u * (k / 4u))) & 0x0f0f0f0fu;
}
