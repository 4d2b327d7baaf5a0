// The products of two rows of a weight with one row of the kernel's `x`, as far as they are one lane's: those of every lanes-th
// quarter of a group, or with LANES_none of all. With NORM each value is multiplied by its gain first, and Σ x² is worked
// out on the side.

// `rows` and `x_first` say where the rows begin: in groups, and in vec4s.
fn row_products(rows: vec2<u32>, x_first: u32, lane: u32, lanes: u32) -> vec3<f32> {
  var a = vec4(0.0);
  var b = vec4(0.0);
  var squares = vec4(0.0);
#ifdef LANES_none
  for (var g = 0u; g < shape.groups; g++) {
    let group_a = load_group(rows.x + g);
    let group_b = load_group(rows.y + g);
#repeat k 8
    let v_{k} = x[x_first + g * 8u + {k}u];
    a += group_values(group_a, {k}u) * v_{k};
    b += group_values(group_b, {k}u) * v_{k};
#end
  }
#else
  // Four lanes share a group, so that neighbouring lanes read neighbouring words and activations.
  for (var i = lane; i < shape.groups * 4u; i += lanes) {
    let g = i / 4u;
    let j = i % 4u;
    let part_a = load_part(rows.x + g, j);
    let part_b = load_part(rows.y + g, j);
#repeat u 2
    var v_{u} = x[x_first + g * 8u + {u}u * 4u + j];
#end
#ifdef NORM
#repeat u 2
    squares += v_{u} * v_{u};
    v_{u} *= gain[g * 8u + {u}u * 4u + j];
#end
#end
#repeat u 2
    a += part_values(part_a, {u}u) * v_{u};
    b += part_values(part_b, {u}u) * v_{u};
#end
  }
#end
  let ones = vec4(1.0);
  return vec3(dot(a, ones), dot(b, ones), dot(squares, ones));
}
