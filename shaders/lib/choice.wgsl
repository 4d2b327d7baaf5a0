// How the next token is chosen: `ops::Choice`.
#import lib/keys

struct Choice {
  sharpness: f32,  // 1 / temperature; 0 takes the most likely token
  top_k: u32,      // 0 keeps all
  top_p: f32,      // 1 keeps all
  penalty: f32,    // 1 does nothing
  relief: f32,     // 1 / penalty
  seed_low: u32,
  seed_high: u32,
}

@group(0) @binding(0) var<storage, read> choice: Choice;

// Tokens that are ranked together.
const CHUNK = 256u;
// Tokens that the penalty looks back on.
const RECENT = 64u;

// exp((logit − top) / temperature), top being the logit of a key at least as large. What NEVER is, is never drawn.
fn weight_of(key: u32, top: u32) -> f32 {
  if (key <= NEVER) {
    return 0.0;
  }
  return exp(max((logit_of(key) - logit_of(top)) * choice.sharpness, -87.0));
}
