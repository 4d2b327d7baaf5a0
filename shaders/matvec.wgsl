// finish(Σ_k x[k] · weight[n, k]), with NORM of x[k] / sqrt(mean(x²) + EPS) · gain[k] in place of x[k]
//
// Shapes: x [C] (with LAST the last row of [T, C]), gain [C], weight [N, C], C a multiple of 32; what the products
// become is in `finish/`.
// Work: one pair of rows of the weight by one invocation (LANES_none), one subgroup (LANES_subgroup) or one workgroup
// (LANES_workgroup, or with subgroups LANES_team), whose lanes take every lanes-th quarter of a group of 32 columns. Two
// rows are read at once, to have more bytes under way. The root of the norm is worked out on the side: every pair reads
// all of x anyway.
#ifdef LANES_subgroup
#enable subgroups
#end
#ifdef LANES_team
#enable subgroups
#end
#import lib/step
#import lib/rows
#import lib/shape
#import lib/norm
#import quant/{FORMAT}
#import finish/{FINISH}
#ifdef LANES_workgroup
#import lib/workgroup_sum
#end

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;

// One lane's share: the products of the pair's first and second row, and with NORM Σ x².
fn share(pair: u32, lane: u32, lanes: u32) -> vec3<f32> {
  let rows = pair_rows(pair) * shape.groups;
  let x_first = first_row() * shape.groups * 8u;
  var a = vec4(0.0);
  var b = vec4(0.0);
  var squares = vec4(0.0);
#ifdef LANES_none
  for (var g = 0u; g < shape.groups; g++) {
    let group_a = load_group(rows.x + g);
    let group_b = load_group(rows.y + g);
#repeat k 8
    let v_{k} = x[x_first + g * 8u + {k}u];
    a += group_values(group_a, {k}u) * v_{k};
    b += group_values(group_b, {k}u) * v_{k};
#end
  }
#else
  // Four lanes share a group, so that neighbouring lanes read neighbouring words and activations.
  for (var i = lane; i < shape.groups * 4u; i += lanes) {
    let g = i / 4u;
    let j = i % 4u;
    let part_a = load_part(rows.x + g, j);
    let part_b = load_part(rows.y + g, j);
#repeat u 2
    var v_{u} = x[x_first + g * 8u + {u}u * 4u + j];
#end
#ifdef NORM
#repeat u 2
    squares += v_{u} * v_{u};
    v_{u} *= gain[g * 8u + {u}u * 4u + j];
#end
#end
#repeat u 2
    a += part_values(part_a, {u}u) * v_{u};
    b += part_values(part_b, {u}u) * v_{u};
#end
  }
#end
  let ones = vec4(1.0);
  return vec3(dot(a, ones), dot(b, ones), dot(squares, ones));
}

#ifdef LANES_none
@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32) {
  let pair = (group.y * groups.x + group.x) * 32u + local;
  if (2u * pair < shape.rows) {
    finish(0u, pair, products(share(pair, 0u, 1u)));
  }
}
#end

#ifdef LANES_subgroup
@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32, @builtin(subgroup_size) lanes: u32,
        @builtin(subgroup_invocation_id) lane: u32) {
  // With fewer lanes a subgroup there are more pairs a workgroup: the grid is laid out for the fewest, and the excess is
  // skipped.
  let pair = (group.y * groups.x + group.x) * (128u / lanes) + local / lanes;
  let inside = 2u * pair < shape.rows;
  var sums = vec3(0.0);
  if (inside) {
    sums = share(pair, lane, lanes);
  }
  sums = subgroupAdd(sums);
  if (inside && lane == 0u) {
    finish(0u, pair, products(sums));
  }
}
#end

#ifdef LANES_workgroup
@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) lane: u32) {
  let pair = group.y * groups.x + group.x;
  let inside = 2u * pair < shape.rows;
  var sums = vec3(0.0);
  if (inside) {
    sums = share(pair, lane, LANES);
  }
  sums = workgroup_sum(sums, lane);
  if (inside && lane == 0u) {
    finish(0u, pair, products(sums));
  }
}
#end

#ifdef LANES_team
const LANES = 128u;

var<workgroup> partial: array<vec3<f32>, LANES / 4>; // A subgroup has four lanes at least.

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32, @builtin(subgroup_size) lanes: u32,
        @builtin(subgroup_invocation_id) lane: u32) {
  let pair = group.y * groups.x + group.x;
  let inside = 2u * pair < shape.rows;
  var sums = vec3(0.0);
  if (inside) {
    sums = share(pair, local, LANES);
  }
  sums = subgroupAdd(sums);
  if (lane == 0u) {
    partial[local / lanes] = sums;
  }
  workgroupBarrier();
  if (inside && local == 0u) {
    for (var other = 1u; other < LANES / lanes; other++) {
      sums += partial[other];
    }
    finish(0u, pair, products(sums));
  }
}
#end
