// out[t] = the numbers of the CHOSEN experts with the largest logits[t], then their weights, largest first
//
// Shapes: logits [T, EXPERTS], out [T, 2 · CHOSEN]. Of equal logits the lower number comes first. The weights are a softmax
// over all (GATE_softmax) or over those chosen (GATE_chosen), or sigmoids (GATE_sigmoid), times SCALE.
// Work: one invocation a token.
#import lib/step
#import lib/rows

override EXPERTS: u32;
override CHOSEN: u32;
override SCALE: f32;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let t = id.x;
  if (t >= step.tokens) {
    return;
  }
  let first = t * EXPERTS;
  let slot = t * 2u * CHOSEN;
  // The one chosen last: the next one is the largest below it, or as large and behind it.
  var last = 3.0e38;
  var last_number = 0u;
  var most = 0.0;
  var total = 0.0;
  for (var i = 0u; i < CHOSEN; i++) {
    var best = -3.0e38;
    var number = 0u;
    for (var e = 0u; e < EXPERTS; e++) {
      let logit = logits[first + e];
      let left = logit < last || (logit == last && e > last_number);
      if (left && logit > best) {
        best = logit;
        number = e;
      }
    }
    if (i == 0u) {
      most = best;
    }
    total += exp(best - most);
    out[slot + i] = f32(number);
    out[slot + CHOSEN + i] = best;
    last = best;
    last_number = number;
  }
#ifdef GATE_softmax
  total = 0.0;
  for (var e = 0u; e < EXPERTS; e++) {
    total += exp(logits[first + e] - most);
  }
#end
  for (var i = 0u; i < CHOSEN; i++) {
    let logit = out[slot + CHOSEN + i];
#ifdef GATE_sigmoid
    let weight = 1.0 / (1.0 + exp(-logit));
#else
    let weight = exp(logit - most) / total;
#end
    out[slot + CHOSEN + i] = weight * SCALE;
  }
}
