// out[n] = Σ_k x[k] · weight[n, k]
//
// Shapes: x [C], weight [N, C], out [N], C a multiple of 32.
// Work: one row of the weight by one invocation (LANES_none), one subgroup (LANES_subgroup) or one workgroup
// (LANES_workgroup); its lanes take every lanes-th group of 32 weights.
#ifdef LANES_subgroup
#enable subgroups
#end
#import lib/shape
#import quant/{FORMAT}
#ifdef LANES_workgroup
#import lib/workgroup_sum
#end

@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

// Σ over one group of 32 columns.
fn group_dot(g: u32, column: u32) -> f32 {
  let group = load_group(g);
  var sum = vec4(0.0);
#repeat k 8
  sum += group_values(group, {k}u) * x[column + {k}u];
#end
  return dot(sum, vec4(1.0));
}

#ifdef LANES_none
@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32) {
  let row = (group.y * groups.x + group.x) * 32u + local;
  if (row >= shape.rows) {
    return;
  }
  var sum = 0.0;
  for (var g = 0u; g < shape.groups; g++) {
    sum += group_dot(row * shape.groups + g, g * 8u);
  }
  out[row] = sum;
}
#end

#ifdef LANES_subgroup
@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32, @builtin(subgroup_size) lanes: u32,
        @builtin(subgroup_invocation_id) lane: u32) {
  // With fewer lanes a subgroup there are more rows a workgroup: the grid is laid out for the fewest rows, and the
  // excess is skipped.
  let row = (group.y * groups.x + group.x) * (128u / lanes) + local / lanes;
  var sum = 0.0;
  if (row < shape.rows) {
    for (var g = lane; g < shape.groups; g += lanes) {
      sum += group_dot(row * shape.groups + g, g * 8u);
    }
  }
  sum = subgroupAdd(sum);
  if (row < shape.rows && lane == 0u) {
    out[row] = sum;
  }
}
#end

#ifdef LANES_workgroup
@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) lane: u32) {
  let row = group.y * groups.x + group.x;
  var sum = 0.0;
  if (row < shape.rows) {
    for (var g = lane; g < shape.groups; g += LANES) {
      sum += group_dot(row * shape.groups + g, g * 8u);
    }
  }
  sum = workgroup_sum(sum, lane);
  if (row < shape.rows && lane == 0u) {
    out[row] = sum;
  }
}
#end
