// Three sums over the workgroup's LANES lanes by a tree in workgroup memory. Every lane must call it, once.
const LANES = 64u;

var<workgroup> partial: array<vec3<f32>, LANES>;

fn workgroup_sum(value: vec3<f32>, lane: u32) -> vec3<f32> {
  partial[lane] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
    workgroupBarrier();
  }
  return partial[0];
}
