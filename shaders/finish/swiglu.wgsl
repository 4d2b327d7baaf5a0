// out[t, n] = gate · sigmoid(gate) · up with gate = y[t, n] and up = y[t, F + n]
//
// Shapes: the weight [2 · F, D] is gate above up, out [T, F]. A pair is a row of gate and its row of up.
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

fn pair_rows(pair: u32) -> vec2<u32> {
  return vec2(pair, pair + shape.rows / 2u);
}

fn finish(t: u32, pair: u32, y: vec2<f32>) {
  out[t * (shape.rows / 2u) + pair] = y.x / (1.0 + exp(-y.x)) * y.y;
}
