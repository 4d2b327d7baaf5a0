// finish(Σ_k x[t, k] · weight[n, k]) for few tokens, with NORM of x[t, k] / sqrt(mean(x[t]²) + EPS) · gain[k] in place
// of x[t, k]: for GPUs
//
// Shapes: as in `matmul`, gain [C].
// Work: a pair of rows of the weight × EACH tokens by one subgroup (LANES_subgroup) or one workgroup (LANES_workgroup), as
// `matvec` has it for a single token. There is nothing to wait for but the sums at the end, and many more workgroups than
// tiles would give: so this is quick where a product is too small to fill a GPU.
#ifdef LANES_subgroup
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

// For each token one lane's share: the products with the pair's first and second row, and with NORM Σ x².
struct Shares {
#repeat t {EACH}
  of_{t}: vec3<f32>,
#end
}

fn shares(pair: u32, first_token: u32, lane: u32, lanes: u32) -> Shares {
  let rows = pair_rows(pair) * shape.groups;
  let last_token = row_count() - 1u;
  var sums: Shares;
#repeat t {EACH}
  let x_{t} = (first_row() + min(first_token + {t}u, last_token)) * shape.groups * 8u;
#end
  // Four lanes share a group, so that neighbouring lanes read neighbouring words and activations.
  for (var i = lane; i < shape.groups * 4u; i += lanes) {
    let g = i / 4u;
    let j = i % 4u;
    let part_a = load_part(rows.x + g, j);
    let part_b = load_part(rows.y + g, j);
#repeat u 2
    let at_{u} = g * 8u + {u}u * 4u + j;
    var a_{u} = part_values(part_a, {u}u);
    var b_{u} = part_values(part_b, {u}u);
#ifdef NORM
    a_{u} *= gain[at_{u}];
    b_{u} *= gain[at_{u}];
#end
#end
#repeat t {EACH}
    {
#repeat u 2
      let v_{u} = x[x_{t} + at_{u}];
#end
      sums.of_{t}.x += dot(a_0, v_0) + dot(a_1, v_1);
      sums.of_{t}.y += dot(b_0, v_0) + dot(b_1, v_1);
#ifdef NORM
      sums.of_{t}.z += dot(v_0, v_0) + dot(v_1, v_1);
#end
    }
#end
  }
  return sums;
}

#ifdef LANES_subgroup
@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32, @builtin(subgroup_size) lanes: u32,
        @builtin(subgroup_invocation_id) lane: u32) {
  // With fewer lanes a subgroup there are more pairs a workgroup: the grid is laid out for the fewest, and the excess is
  // skipped.
  let pair = (group.y * groups.x + group.x) * (128u / lanes) + local / lanes;
  let inside = 2u * pair < shape.rows;
  let first_token = group.z * {EACH}u;
  var sums: Shares;
  if (inside) {
    sums = shares(pair, first_token, lane, lanes);
  }
#repeat t {EACH}
  sums.of_{t} = subgroupAdd(sums.of_{t});
#end
#repeat t {EACH}
  if (inside && lane == {t}u % 4u && first_token + {t}u < row_count()) {
    finish(first_token + {t}u, pair, products(sums.of_{t}));
  }
#end
}
#end

#ifdef LANES_workgroup
@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) lane: u32) {
  let pair = group.y * groups.x + group.x;
  let inside = 2u * pair < shape.rows;
  let first_token = group.z * {EACH}u;
  var sums: Shares;
  if (inside) {
    sums = shares(pair, first_token, lane, LANES);
  }
#repeat t {EACH}
  sums.of_{t} = workgroup_sum(sums.of_{t}, lane);
  if (inside && lane == 0u && first_token + {t}u < row_count()) {
    finish(first_token + {t}u, pair, products(sums.of_{t}));
  }
  workgroupBarrier(); // Everyone has read the sums before the next ones are begun.
#end
}
#end
