// picked[step.picked] = token[0] = argmax(logits of the last row); then the step moves one position on
//
// Shapes: logits [head_rows, V], picked [steps a submission].
// Work: one workgroup. Of equal values the first wins, as in the reference.
#import lib/step

override VOCABULARY: u32;

const LANES = 64u;

@group(0) @binding(0) var<storage, read_write> step: Step;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> picked: array<u32>;
@group(0) @binding(3) var<storage, read_write> token: array<u32>;

var<workgroup> best: array<f32, LANES>;
var<workgroup> index: array<u32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  let first = (step.head_rows - 1u) * VOCABULARY;
  var my_best = -3.4e38;
  var my_index = 0xffffffffu;
  for (var i = lane; i < VOCABULARY; i += LANES) {
    let value = logits[first + i];
    if (value > my_best) {
      my_best = value;
      my_index = i;
    }
  }
  best[lane] = my_best;
  index[lane] = my_index;
  workgroupBarrier();
  if (lane == 0u) {
    for (var l = 1u; l < LANES; l++) {
      if (best[l] > my_best || (best[l] == my_best && index[l] < my_index)) {
        my_best = best[l];
        my_index = index[l];
      }
    }
    my_index = min(my_index, VOCABULARY - 1u);
    picked[step.picked] = my_index;
    token[0] = my_index;
    step.picked += 1u;
    step.position += step.tokens;
    step.tokens = 1u;
    step.head_rows = 1u;
  }
}
