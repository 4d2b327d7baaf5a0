// tanh(x). Past 15 the tangent is 1 in f32, and may be NaN on some drivers.
fn tangent(x: vec4<f32>) -> vec4<f32> {
  return tanh(clamp(x, vec4(-15.0), vec4(15.0)));
}
