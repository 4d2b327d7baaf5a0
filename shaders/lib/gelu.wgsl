// gelu(x) = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))) (arXiv 1606.08415)
#import lib/tangent

fn gelu(x: vec4<f32>) -> vec4<f32> {
  let inner = 0.7978845608028654 * (x + 0.044715 * x * x * x);
  return 0.5 * x * (1.0 + tangent(inner));
}
