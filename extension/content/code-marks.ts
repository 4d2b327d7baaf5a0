// Whether a text could be code, for a selection that nothing in the page says it of.

/**
 * Marks that hardly any sentence has: brackets of blocks, operators, names in one word with a mark inside, a call, a line that
 * is indented or ends in a semicolon.
 */
const MARKS = /[{}<>=|\\^~$#@]|\w[_]\w|\w\(|\[\d|[a-z][A-Z]|;\s*$|^\s{2,}\S|^\t/m;

/** Whether anything in `text` looks like code. Where this is false, it is prose. */
export function mayBeCode(text: string): boolean {
  return MARKS.test(text);
}
