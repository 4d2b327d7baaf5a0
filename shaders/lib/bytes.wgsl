// The four bytes of a word as floats. By way of i32, since processors convert signed integers in one instruction.
fn bytes_to_f32(word: u32) -> vec4<f32> {
  return vec4<f32>(vec4<i32>(unpack4xU8(word)));
}
