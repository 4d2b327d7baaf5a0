// The shape of the weight or of a piece of it, in a buffer and not in constants, so that all weights of a format share one pipeline.
struct Shape {
  rows: u32,        // N, or the piece's share of them
  groups: u32,      // groups of 32 a row
  first_key: u32,   // with `finish/qkv`: pairs of rows before the keys
  first_value: u32, // and before the values
  above: u32,       // rows of the pieces above
  all_rows: u32,    // N
}

@group(0) @binding(6) var<uniform> shape: Shape;
