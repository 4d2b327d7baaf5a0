// keys[t, s], ids[t, s] = the largest of the logits t of the tokens s, s + SLICES, s + 2 · SLICES …
//
// Shapes: logits [head_rows, V], keys and ids [head_rows, SLICES].
// Work: one invocation a slice of a row. There is no barrier: software adapters pay dearly for them.
// Of equal logits the first token wins; NaN never does.
#import lib/keys

override VOCABULARY: u32;
override SLICES: u32;

@group(0) @binding(0) var<storage, read> logits: array<u32>;
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> ids: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  var best = 0u;
  var best_id = min(id.x, VOCABULARY - 1u);
  for (var i = id.x; i < VOCABULARY; i += SLICES) {
    let key = key_of(logits[id.y * VOCABULARY + i]);
    if (key > best) {
      best = key;
      best_id = i;
    }
  }
  keys[id.y * SLICES + id.x] = best;
  ids[id.y * SLICES + id.x] = best_id;
}
