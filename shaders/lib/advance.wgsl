// The end of a step that chose a token: it is noted, and is what the next step runs, one position on.
#import lib/step

@group(0) @binding(1) var<storage, read_write> step: Step;
@group(0) @binding(2) var<storage, read_write> picked: array<u32>;
@group(0) @binding(3) var<storage, read_write> token: array<u32>;

// By one lane only.
fn advance(chosen: u32) {
  picked[min(step.picked, arrayLength(&picked) - 1u)] = chosen;
  token[0] = chosen;
  step.picked += 1u;
  step.position += step.tokens;
  step.tokens = 1u;
  step.head_rows = 1u;
}
