// out = x / sqrt(mean(x²) + EPS) · gain, for each run of WIDTH · 4 columns by itself
//
// Shapes: x and out [rows, runs · WIDTH · 4], with GAIN gain [WIDTH · 4]; with LAST the last rows of x are taken.
// Work: one workgroup a row and run; each lane squares every LANES-th vec4, then scales it.
#import lib/step
#import lib/rows
#import lib/workgroup_sum

override WIDTH: u32; // columns of a run / 4
override DIM: f32;   // columns of a run
override EPS: f32;

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> out: array<vec4<f32>>;
#ifdef GAIN
@group(0) @binding(3) var<storage, read> gain: array<vec4<f32>>;
#end

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) lane: u32) {
  let slot = (group.x * groups.y + group.y) * WIDTH;
  let source = first_row() * groups.y * WIDTH + slot;
  var squares = 0.0;
  for (var i = lane; i < WIDTH; i += LANES) {
    let v = x[source + i];
    squares += dot(v, v);
  }
  let scale = inverseSqrt(workgroup_sum(vec3(squares, 0.0, 0.0), lane).x / DIM + EPS);
  for (var i = lane; i < WIDTH; i += LANES) {
#ifdef GAIN
    out[slot + i] = x[source + i] * scale * gain[i];
#else
    out[slot + i] = x[source + i] * scale;
#end
  }
}
