// out[t, i, n] = Σ_k x[t, i, k] · weight[e, n, k] with the i-th expert e of token t
//
// Shapes: weight [experts · ROWS, C], or a piece of it, which gives only what its own rows do; route [T, 2 · CHOSEN] as `route` leaves it; x [T, CHOSEN, C], or with SHARED [T, C];
// out [T, CHOSEN, ROWS].
// Work: as in `matvec`, for each token and each of its experts: one pair of rows by one invocation (LANES_none), one subgroup
// (LANES_subgroup) or one workgroup (LANES_workgroup).
#ifdef LANES_subgroup
#enable subgroups
#end
#import lib/step
#import lib/shape
#import quant/{FORMAT}
#import lib/row_products
#ifdef LANES_workgroup
#import lib/workgroup_sum
#end

override ROWS: u32;
override CHOSEN: u32;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(7) var<storage, read> route: array<f32>;

// The rows of this piece that make up a pair of the `slot`-th of all tokens' experts. One that the piece lacks is past its end:
// below the piece, or above it by wrapping round.
fn piece_rows(pair: u32, slot: u32) -> vec2<u32> {
  let expert = u32(route[2u * (slot / CHOSEN) * CHOSEN + slot % CHOSEN]);
  return expert * ROWS + vec2(2u * pair, min(2u * pair + 1u, ROWS - 1u)) - shape.above;
}

// One lane's share of the products of a pair of rows with what that expert is given.
fn share(pair: u32, slot: u32, lane: u32, lanes: u32) -> vec2<f32> {
  let rows = min(piece_rows(pair, slot), vec2(shape.rows - 1u)) * shape.groups;
#ifdef SHARED
  let x_first = slot / CHOSEN * shape.groups * 8u;
#else
  let x_first = slot * shape.groups * 8u;
#end
  return row_products(rows, x_first, lane, lanes).xy;
}

fn put(pair: u32, slot: u32, y: vec2<f32>) {
  let at = slot * ROWS + 2u * pair;
  let rows = piece_rows(pair, slot);
  if (rows.x < shape.rows) {
    out[at] = y.x;
  }
  if (2u * pair + 1u < ROWS && rows.y < shape.rows) {
    out[at + 1u] = y.y;
  }
}

#ifdef LANES_none
@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let pair = group.x * 32u + lane;
  if (2u * pair < ROWS) {
    put(pair, group.y, share(pair, group.y, 0u, 1u));
  }
}
#end
#ifdef LANES_subgroup
@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32,
        @builtin(subgroup_size) lanes: u32, @builtin(subgroup_invocation_id) lane: u32) {
  let pair = group.x * (128u / lanes) + local / lanes;
  let inside = 2u * pair < ROWS;
  var sums = vec2(0.0);
  if (inside) {
    sums = share(pair, group.y, lane, lanes);
  }
  sums = subgroupAdd(sums);
  if (inside && lane == 0u) {
    put(pair, group.y, sums);
  }
}
#end
#ifdef LANES_workgroup
@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let sums = workgroup_sum(vec3(share(group.x, group.y, lane, LANES), 0.0), lane);
  if (lane == 0u) {
    put(group.x, group.y, sums.xy);
  }
}
#end
