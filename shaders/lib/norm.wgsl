// A norm worked out beside a product: with NORM x[k] / sqrt(mean(x²) + EPS) · gain[k] takes the place of x[k].
#ifdef NORM
@group(0) @binding(7) var<storage, read> gain: array<vec4<f32>>;

override EPS: f32;
#end

// The products of x with a pair of rows, from their sums and Σ x²; with NORM the gain is in the sums already.
fn products(sums: vec3<f32>) -> vec2<f32> {
#ifdef NORM
  return sums.xy * inverseSqrt(sums.z / f32(shape.groups * 32u) + EPS);
#else
  return sums.xy;
#end
}
