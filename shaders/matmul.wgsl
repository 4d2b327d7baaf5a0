// finish(Σ_k x[t, k] · weight[n, k]), without workgroup memory: for adapters on which a barrier is dear
//
// Shapes: x [T, C], weight [N, C], C a multiple of 32; what the products become is in `finish/`. T is `head_rows` with
// HEAD.
// Work: one invocation computes a tile of PAIR_TILE pairs of rows × TOKEN_TILE tokens in registers: a weight is
// dequantised once for TOKEN_TILE tokens. Neighbouring invocations take neighbouring rows, so that they read the same
// activations.
#import lib/step
#import lib/rows
#import lib/shape
#import quant/{FORMAT}
#import finish/{FINISH}

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let tokens = row_count();
  let last_pair = (shape.rows - 1u) / 2u;
  let pair = id.x * {PAIR_TILE}u;
  let token = id.y * {TOKEN_TILE}u;
#repeat p {PAIR_TILE}
  let rows_{p} = pair_rows(min(pair + {p}u, last_pair)) * shape.groups;
#end
#repeat t {TOKEN_TILE}
  let x_{t} = (first_row() + min(token + {t}u, tokens - 1u)) * shape.groups * 8u;
#repeat p {PAIR_TILE}
  var sum_a_{t}_{p} = 0.0;
  var sum_b_{t}_{p} = 0.0;
#end
#end
  for (var g = 0u; g < shape.groups; g++) {
#repeat p {PAIR_TILE}
    let group_a_{p} = load_group(rows_{p}.x + g);
    let group_b_{p} = load_group(rows_{p}.y + g);
#end
#repeat k 8
    {
#repeat p {PAIR_TILE}
      let a_{p} = group_values(group_a_{p}, {k}u);
      let b_{p} = group_values(group_b_{p}, {k}u);
#end
#repeat t {TOKEN_TILE}
      let v_{t} = x[x_{t} + g * 8u + {k}u];
#repeat p {PAIR_TILE}
      sum_a_{t}_{p} += dot(a_{p}, v_{t});
      sum_b_{t}_{p} += dot(b_{p}, v_{t});
#end
#end
    }
#end
  }
#repeat t {TOKEN_TILE}
  if (token + {t}u < tokens) {
#repeat p {PAIR_TILE}
    if (pair + {p}u <= last_pair) {
      finish(token + {t}u, pair + {p}u, vec2(sum_a_{t}_{p}, sum_b_{t}_{p}));
    }
#end
  }
#end
}
