// out[t, n] = Σ_k x[t, k] · weight[n, k]
//
// Shapes: x [T, C], weight [N, C], out [T, N], C a multiple of 32. T is `tokens`, or `head_rows` with HEAD.
// Work: one invocation computes a tile of ROW_TILE × TOKEN_TILE products in registers: a weight is dequantised once
// for TOKEN_TILE tokens. Neighbouring invocations take neighbouring rows, so that they read the same activations.
#import lib/step
#import lib/shape
#import quant/{FORMAT}

@group(0) @binding(0) var<storage, read> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
#ifdef HEAD
  let tokens = step.head_rows;
#else
  let tokens = step.tokens;
#end
  let row = id.x * {ROW_TILE}u;
  let token = id.y * {TOKEN_TILE}u;
#repeat r {ROW_TILE}
  let first_{r} = min(row + {r}u, shape.rows - 1u) * shape.groups;
#end
#repeat t {TOKEN_TILE}
  let x_{t} = min(token + {t}u, tokens - 1u) * shape.groups * 8u;
#repeat r {ROW_TILE}
  var sum_{t}_{r} = 0.0;
#end
#end
  for (var g = 0u; g < shape.groups; g++) {
#repeat r {ROW_TILE}
    let group_{r} = load_group(first_{r} + g);
#end
#repeat k 8
    {
#repeat r {ROW_TILE}
      let w_{r} = group_values(group_{r}, {k}u);
#end
#repeat t {TOKEN_TILE}
      let v_{t} = x[x_{t} + g * 8u + {k}u];
#repeat r {ROW_TILE}
      sum_{t}_{r} += dot(w_{r}, v_{t});
#end
#end
    }
#end
  }
#repeat t {TOKEN_TILE}
  if (token + {t}u < tokens) {
#repeat r {ROW_TILE}
    if (row + {r}u < shape.rows) {
      out[(token + {t}u) * shape.rows + row + {r}u] = sum_{t}_{r};
    }
#end
  }
#end
}
