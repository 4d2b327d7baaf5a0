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
#import lib/row_products
#ifdef LANES_workgroup
#import lib/workgroup_sum
#end

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;

// One lane's share: the products of the pair's first and second row, and with NORM Σ x².
fn share(pair: u32, lane: u32, lanes: u32) -> vec3<f32> {
  return row_products(pair_rows(pair) * shape.groups, first_row() * shape.groups * 8u, lane, lanes);
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
