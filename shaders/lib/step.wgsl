// What changes from step to step, in one small buffer that every kernel reads.
struct Step {
  position: u32,   // rows that the cache holds before this step
  tokens: u32,     // T
  head_rows: u32,  // rows that become logits: 1 or T
  picked: u32,     // tokens picked on the GPU since the last readback
}
