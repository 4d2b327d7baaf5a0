// The join of what the splits of an attention left: parts [T, H, splits, E4 + 1] as in `attention_one`, with
// splits = ⌈(position + T) / SPAN⌉ and E = 4 · {E4}.
const E4 = {E4}u;
const SPAN = {SPAN}u;

@group(0) @binding(1) var<storage, read> parts: array<vec4<f32>>;

// Vec4 `e` of Σ_i exp(most_i − max) · sum_i / Σ_i exp(most_i − max) · total_i over the splits i; `row` is t · H + h. Eight
// splits are under way at once.
fn joined(row: u32, e: u32) -> vec4<f32> {
  let splits = (step.position + step.tokens + SPAN - 1u) / SPAN;
  let first = row * splits * (E4 + 1u);
  var most = -3.0e38;
  for (var i = 0u; i < splits; i += 8u) {
#repeat u 8
    most = max(most, parts[first + min(i + {u}u, splits - 1u) * (E4 + 1u) + E4].x);
#end
  }
  var sum = vec4(0.0);
  var total = 0.0;
  for (var i = 0u; i < splits; i += 8u) {
#repeat u 8
    let at_{u} = first + min(i + {u}u, splits - 1u) * (E4 + 1u);
    let part_{u} = parts[at_{u} + e];
    let softmax_{u} = parts[at_{u} + E4];
#end
#repeat u 8
    let share_{u} = select(0.0, exp(softmax_{u}.x - most), i + {u}u < splits);
    total += share_{u} * softmax_{u}.y;
    sum += share_{u} * part_{u};
#end
  }
  return sum / total;
}
