// The pairs of a product whose rows mean nothing to each other: neighbours, of which the last may lack its second.
fn pair_rows(pair: u32) -> vec2<u32> {
  return vec2(2u * pair, min(2u * pair + 1u, shape.rows - 1u));
}
