// Which rows a step works on: all its tokens, or with HEAD those that become logits.
fn row_count() -> u32 {
#ifdef HEAD
  return step.head_rows;
#else
  return step.tokens;
#end
}

// The first row to read: with LAST the input has a row for every token, of which only the last are wanted.
fn first_row() -> u32 {
#ifdef LAST
  return step.tokens - step.head_rows;
#else
  return 0u;
#end
}
