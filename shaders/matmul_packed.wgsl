// finish(Σ_k x[t, k] · weight[n, k]) with x as signed bytes, by tiles in workgroup memory: for GPUs that multiply four bytes
// at once
//
// Shapes: as in `matmul`; x as `quantize` leaves it. With (d, m) a group of the weight's scale and minimum and q its bytes, the
// group gives d · d_x · Σ q · q_x + m · d_x · Σ q_x, of which the first sum is exact.
// Work: one workgroup computes 32 pairs of rows × 64 tokens in steps of two groups of 32 columns. Its 128 lanes unpack a
// group of a row each into workgroup memory and fetch their share of the activations; then every lane multiplies four pairs
// of rows with four tokens in registers. What the next step needs is under way meanwhile. A row's four vec4s lie permuted by
// the row's number, so that the loads of neighbouring lanes do not meet in one memory bank.
#import lib/step
#import lib/rows
#import lib/shape
#import quant/{FORMAT}
#import finish/{FINISH}

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;
@group(0) @binding(7) var<storage, read> x_scales: array<vec2<f32>>;

const LANES = 128u;
const TOKEN_LANES = 16u; // lanes side by side in a row of the tile
const TOKENS = 64u;

var<workgroup> w_tile: array<vec4<u32>, 256>; // [64 rows, 4]
var<workgroup> w_scale: array<vec2<f32>, 128>; // [2 groups, 64 rows]
var<workgroup> x_tile: array<vec4<u32>, 256>; // [64 tokens, 4]
var<workgroup> x_scale: array<vec2<f32>, 128>; // [2 groups, 64 tokens]

fn words(group: Group, half: u32) -> vec4<u32> {
  return vec4(group_bytes(group, half * 4u), group_bytes(group, half * 4u + 1u), group_bytes(group, half * 4u + 2u),
    group_bytes(group, half * 4u + 3u));
}

// Σ of 16 products.
fn dots(a: vec4<u32>, b: vec4<u32>) -> i32 {
  return dot4I8Packed(a.x, b.x) + dot4I8Packed(a.y, b.y) + dot4I8Packed(a.z, b.z) + dot4I8Packed(a.w, b.w);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let tokens = row_count();
  let last_pair = (shape.rows - 1u) / 2u;
  let first_pair = group.x * 32u;
  let first_token = group.y * TOKENS;

  // What this lane loads: one of the two groups of one row, and of one token.
  let side = local % 2u;
  let row = local / 2u;
  let rows = pair_rows(min(first_pair + row / 2u, last_pair));
  let w_first = select(rows.x, rows.y, row % 2u == 1u) * shape.groups;
  let x_first = min(first_token + row, tokens - 1u) * shape.groups;
  let at = row * 4u;
  let swap = (row / 2u) % 4u;
  let start = min(side, shape.groups - 1u);
  var next_w = load_group(w_first + start);
  var next_x_0 = x[(x_first + start) * 2u];
  var next_x_1 = x[(x_first + start) * 2u + 1u];
  var next_scale = x_scales[x_first + start];

  // What it multiplies: every eighth pair of the tile from p on with every 16th token from q on.
  let p = local / TOKEN_LANES;
  let q = local % TOKEN_LANES;
  let x_swap = (q / 2u) % 4u;
#repeat t 4
#repeat h 4
  var a_{t}_{h} = 0.0;
  var b_{t}_{h} = 0.0;
#end
#end
  for (var g = 0u; g < shape.groups; g += 2u) {
    w_tile[at + ((side * 2u) ^ swap)] = words(next_w, 0u);
    w_tile[at + ((side * 2u + 1u) ^ swap)] = words(next_w, 1u);
    w_scale[side * 64u + row] = group_scale(next_w);
    x_tile[at + ((side * 2u) ^ swap)] = next_x_0;
    x_tile[at + ((side * 2u + 1u) ^ swap)] = next_x_1;
    // Of an odd number of groups the last step has but one.
    x_scale[side * 64u + row] = select(vec2(0.0), next_scale, g + side < shape.groups);
    workgroupBarrier();
    let next = min(g + 2u + side, shape.groups - 1u);
    next_w = load_group(w_first + next);
    next_x_0 = x[(x_first + next) * 2u];
    next_x_1 = x[(x_first + next) * 2u + 1u];
    next_scale = x_scales[x_first + next];
#repeat s 2
    {
#repeat t 4
      let v_{t}_0 = x_tile[(q + {t}u * TOKEN_LANES) * 4u + (({s}u * 2u) ^ x_swap)];
      let v_{t}_1 = x_tile[(q + {t}u * TOKEN_LANES) * 4u + (({s}u * 2u + 1u) ^ x_swap)];
      let d_{t} = x_scale[{s}u * 64u + q + {t}u * TOKEN_LANES];
#end
#repeat h 4
      {
        let first = 2u * (p + {h}u * 8u);
        let w_swap = (p + {h}u * 8u) % 4u;
        let wa_0 = w_tile[first * 4u + (({s}u * 2u) ^ w_swap)];
        let wa_1 = w_tile[first * 4u + (({s}u * 2u + 1u) ^ w_swap)];
        let wb_0 = w_tile[first * 4u + 4u + (({s}u * 2u) ^ w_swap)];
        let wb_1 = w_tile[first * 4u + 4u + (({s}u * 2u + 1u) ^ w_swap)];
        let sa = w_scale[{s}u * 64u + first];
        let sb = w_scale[{s}u * 64u + first + 1u];
#repeat t 4
#ifdef HALVES
        a_{t}_{h} += d_{t}.x * (sa.x * f32(dots(wa_0, v_{t}_0)) + sa.y * f32(dots(wa_1, v_{t}_1)));
        b_{t}_{h} += d_{t}.x * (sb.x * f32(dots(wb_0, v_{t}_0)) + sb.y * f32(dots(wb_1, v_{t}_1)));
#else
        a_{t}_{h} += sa.x * d_{t}.x * f32(dots(wa_0, v_{t}_0) + dots(wa_1, v_{t}_1)) + sa.y * d_{t}.y;
        b_{t}_{h} += sb.x * d_{t}.x * f32(dots(wb_0, v_{t}_0) + dots(wb_1, v_{t}_1)) + sb.y * d_{t}.y;
#end
#end
      }
#end
    }
#end
    workgroupBarrier();
  }
#repeat t 4
  {
    let token = first_token + q + {t}u * TOKEN_LANES;
    if (token < tokens) {
#repeat h 4
      if (first_pair + p + {h}u * 8u <= last_pair) {
        finish(token, first_pair + p + {h}u * 8u, vec2(a_{t}_{h}, b_{t}_{h}));
      }
#end
    }
  }
#end
}
