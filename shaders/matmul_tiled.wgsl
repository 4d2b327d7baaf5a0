// finish(Σ_k x[t, k] · weight[n, k]) by tiles in workgroup memory: for GPUs
//
// Shapes: as in `matmul`.
// Work: one workgroup computes 32 pairs of rows × 16 · EACH tokens in steps of 32 columns. Half of its lanes dequantise a
// group of one row each into workgroup memory while the others fetch the activations; then every lane multiplies four
// pairs of rows with EACH tokens in registers. What the next step needs is under way meanwhile. A row's eight vec4s lie
// permuted by the row's number, so that neither the stores nor the loads of neighbouring lanes meet in one memory bank.
#import lib/step
#import lib/rows
#import lib/shape
#import quant/{FORMAT}
#import finish/{FINISH}

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;

var<workgroup> w_tile: array<vec4<f32>, 512>; // [64 rows, 8]
var<workgroup> x_tile: array<vec4<f32>, 128 * {EACH}>; // [16 · EACH tokens, 8]

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let tokens = row_count();
  let last_pair = (shape.rows - 1u) / 2u;
  let first_pair = group.x * 32u;
  let first_token = group.y * 16u * {EACH}u;

  // What this lane loads: a group of one row, or 2 · EACH vec4s of activations.
  let load_row = local % 64u;
  let load_rows = pair_rows(min(first_pair + load_row / 2u, last_pair));
  let load_first = select(load_rows.x, load_rows.y, load_row % 2u == 1u) * shape.groups;
  let load_at = load_row * 8u;
  let swap = load_row % 8u;
  let column = local % 8u;
#repeat e {EACH}
#repeat i 2
  let token_{e}_{i} = local / 8u % 8u + {i}u * 8u + {e}u * 16u;
  let x_{e}_{i} = (first_row() + min(first_token + token_{e}_{i}, tokens - 1u)) * shape.groups * 8u + column;
  var next_x_{e}_{i}: vec4<f32>;
#end
#end
  var next_group: Group;
  if (local < 64u) {
    next_group = load_group(load_first);
  } else {
#repeat e {EACH}
#repeat i 2
    next_x_{e}_{i} = x[x_{e}_{i}];
#end
#end
  }

  // What it multiplies: pairs p, p+8, p+16, p+24 of the tile with tokens q, q+16 and so on.
  let p = local / 16u;
  let q = local % 16u;
  let w_swap = 2u * p % 8u;
  let x_swap = q % 8u;
#repeat t {EACH}
#repeat h 4
  var a_{t}_{h} = 0.0;
  var b_{t}_{h} = 0.0;
#end
#end
  for (var g = 0u; g < shape.groups; g++) {
    let next = min(g + 1u, shape.groups - 1u);
    if (local < 64u) {
#repeat k 8
      w_tile[load_at + ({k}u ^ swap)] = group_values(next_group, {k}u);
#end
      next_group = load_group(load_first + next);
    } else {
#repeat e {EACH}
#repeat i 2
      x_tile[token_{e}_{i} * 8u + (column ^ (token_{e}_{i} % 8u))] = next_x_{e}_{i};
      next_x_{e}_{i} = x[x_{e}_{i} + next * 8u];
#end
#end
    }
    workgroupBarrier();
#repeat k 8
    {
#repeat t {EACH}
      let v_{t} = x_tile[(q + {t}u * 16u) * 8u + ({k}u ^ x_swap)];
#end
#repeat h 4
      let wa_{h} = w_tile[(2u * p + {h}u * 16u) * 8u + ({k}u ^ w_swap)];
      let wb_{h} = w_tile[(2u * p + {h}u * 16u + 1u) * 8u + ({k}u ^ (w_swap + 1u))];
#end
#repeat t {EACH}
#repeat h 4
      a_{t}_{h} = fma(wa_{h}.x, v_{t}.x, a_{t}_{h});
      a_{t}_{h} = fma(wa_{h}.y, v_{t}.y, a_{t}_{h});
      a_{t}_{h} = fma(wa_{h}.z, v_{t}.z, a_{t}_{h});
      a_{t}_{h} = fma(wa_{h}.w, v_{t}.w, a_{t}_{h});
      b_{t}_{h} = fma(wb_{h}.x, v_{t}.x, b_{t}_{h});
      b_{t}_{h} = fma(wb_{h}.y, v_{t}.y, b_{t}_{h});
      b_{t}_{h} = fma(wb_{h}.z, v_{t}.z, b_{t}_{h});
      b_{t}_{h} = fma(wb_{h}.w, v_{t}.w, b_{t}_{h});
#end
#end
    }
#end
    workgroupBarrier();
  }
  let pair = first_pair + p;
#repeat t {EACH}
  {
    let token = first_token + q + {t}u * 16u;
    if (token < tokens) {
#repeat h 4
      if (pair + {h}u * 8u <= last_pair) {
        finish(token, pair + {h}u * 8u, vec2(a_{t}_{h}, b_{t}_{h}));
      }
#end
    }
  }
#end
}
