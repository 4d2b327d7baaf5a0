// gelu(x) = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) (arXiv 1606.08415)

fn gelu(x: vec4<f32>) -> vec4<f32> {
  let inner = 0.7978845608028654 * (x + 0.044715 * x * x * x);
  // Past 15 the tangent is 1 in f32, and may be NaN on some drivers.
  return 0.5 * x * (1.0 + tanh(clamp(inner, vec4(-15.0), vec4(15.0))));
}
