// finish(Σ_k x[t, k] · weight[n, k]) by tiles in workgroup memory: for GPUs
//
// Shapes: as in `matmul`.
// Work: one workgroup computes 32 pairs of rows × TOKENS tokens in steps of 32 columns. Its 128 lanes dequantise half a
// group of a row each into workgroup memory and fetch their share of the activations; then every lane multiplies PAIRS
// pairs of rows with EACH tokens in registers. What the next step needs is under way meanwhile. A row's eight vec4s lie
// permuted by the row's number, so that neither the stores nor the loads of neighbouring lanes meet in one memory bank.
#import lib/step
#import lib/rows
#import lib/shape
#import quant/{FORMAT}
#import finish/{FINISH}

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;

const LANES = 128u;
const TOKEN_LANES = 4u * {PAIRS}u; // lanes side by side in a row of the tile
const TOKENS = TOKEN_LANES * {EACH}u;

var<workgroup> w_tile: array<vec4<f32>, 512>; // [64 rows, 8]
var<workgroup> x_tile: array<vec4<f32>, 8 * TOKENS>; // [TOKENS, 8]

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let tokens = row_count();
  let last_pair = (shape.rows - 1u) / 2u;
  let first_pair = group.x * 32u;
  let first_token = group.y * TOKENS;

  // What this lane loads: two quarters of a group of one row, and a vec4 each of {LOADS} tokens.
  let load_row = local % 64u;
  let load_rows = pair_rows(min(first_pair + load_row / 2u, last_pair));
  let load_first = select(load_rows.x, load_rows.y, load_row % 2u == 1u) * shape.groups;
  let load_at = load_row * 8u;
  let swap = load_row % 8u;
  let j = local / 64u * 2u;
  var next_a = load_part(load_first, j);
  var next_b = load_part(load_first, j + 1u);
  let column = local % 8u;
#repeat i {LOADS}
  let token_{i} = local / 8u + {i}u * (LANES / 8u);
  let x_{i} = (first_row() + min(first_token + token_{i}, tokens - 1u)) * shape.groups * 8u + column;
  var next_x_{i} = x[x_{i}];
#end

  // What it multiplies: every 32 / PAIRS-th pair of the tile from p on with every TOKEN_LANES-th token from q on.
  let p = local / TOKEN_LANES;
  let q = local % TOKEN_LANES;
  let x_swap = q % 8u;
#repeat t {EACH}
#repeat h {PAIRS}
  var a_{t}_{h} = 0.0;
  var b_{t}_{h} = 0.0;
#end
#end
  for (var g = 0u; g < shape.groups; g++) {
    w_tile[load_at + (j ^ swap)] = part_values(next_a, 0u);
    w_tile[load_at + ((j + 4u) ^ swap)] = part_values(next_a, 1u);
    w_tile[load_at + ((j + 1u) ^ swap)] = part_values(next_b, 0u);
    w_tile[load_at + ((j + 5u) ^ swap)] = part_values(next_b, 1u);
#repeat i {LOADS}
    x_tile[token_{i} * 8u + (column ^ (token_{i} % 8u))] = next_x_{i};
#end
    workgroupBarrier();
    let next = min(g + 1u, shape.groups - 1u);
    next_a = load_part(load_first + next, j);
    next_b = load_part(load_first + next, j + 1u);
#repeat i {LOADS}
    next_x_{i} = x[x_{i} + next * 8u];
#end
#repeat k 8
    {
#repeat t {EACH}
      let v_{t} = x_tile[(q + {t}u * TOKEN_LANES) * 8u + ({k}u ^ x_swap)];
#end
#repeat h {PAIRS}
      let row_{h} = 2u * (p + {h}u * (32u / {PAIRS}u));
      let wa_{h} = w_tile[row_{h} * 8u + ({k}u ^ (row_{h} % 8u))];
      let wb_{h} = w_tile[row_{h} * 8u + 8u + ({k}u ^ (row_{h} % 8u + 1u))];
#end
#repeat t {EACH}
#repeat h {PAIRS}
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
#repeat t {EACH}
  {
    let token = first_token + q + {t}u * TOKEN_LANES;
    if (token < tokens) {
#repeat h {PAIRS}
      if (first_pair + p + {h}u * (32u / {PAIRS}u) <= last_pair) {
        finish(token, first_pair + p + {h}u * (32u / {PAIRS}u), vec2(a_{t}_{h}, b_{t}_{h}));
      }
#end
    }
  }
#end
}
