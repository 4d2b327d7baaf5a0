// chosen = the token of the largest key over all slices; it becomes the next step's
//
// With ROWS, picked[t] = the same for every row t, and there is no next step.
// Shapes: keys and ids [head_rows, SLICES] as `argmax` leaves them, picked [steps] or [head_rows].
// Work: one workgroup a row; each lane takes every LANES-th slice, and the first lane the best of all.
#import lib/advance

override SLICES: u32;

const LANES = 64u;

@group(0) @binding(4) var<storage, read> keys: array<u32>;
@group(0) @binding(5) var<storage, read> ids: array<u32>;

var<workgroup> lane_key: array<u32, LANES>;
var<workgroup> lane_id: array<u32, LANES>;

// Of equal keys the smaller id is better.
fn is_better(key: u32, id: u32, than_key: u32, than_id: u32) -> bool {
  return key > than_key || (key == than_key && id < than_id);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * SLICES + lane;
  var key = keys[first];
  var id = ids[first];
  for (var s = first + LANES; s < (group.x + 1u) * SLICES; s += LANES) {
    if (is_better(keys[s], ids[s], key, id)) {
      key = keys[s];
      id = ids[s];
    }
  }
  lane_key[lane] = key;
  lane_id[lane] = id;
  workgroupBarrier();
  if (lane == 0u) {
    for (var l = 1u; l < LANES; l++) {
      if (is_better(lane_key[l], lane_id[l], key, id)) {
        key = lane_key[l];
        id = lane_id[l];
      }
    }
#ifdef ROWS
    picked[group.x] = id;
#else
    advance(id);
#end
  }
}
