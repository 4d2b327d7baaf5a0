// out[t, n] += y[t, n]: a product onto the residual stream.
#import lib/neighbours
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

fn finish(t: u32, pair: u32, y: vec2<f32>) {
  let at = t * shape.all_rows + shape.above + 2u * pair;
  out[at] += y.x;
  if (2u * pair + 1u < shape.rows) {
    out[at + 1u] += y.y;
  }
}
