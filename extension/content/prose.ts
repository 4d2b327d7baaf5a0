// Whether a selection that nothing in the page says it of can be code all the same.

/**
 * Marks that hardly any sentence has: brackets, operators, names with a mark inside, calls, comments, lines that are indented or
 * end in a semicolon.
 */
const OF_CODE = /[{}<>=|\\^]|\w_\w|\w\(|(^|\s)\/[/*]|;\s*$|^(\t|\s{2,})\S/m;
/** The end of a sentence. */
const OF_PROSE = /[.!?。！？…]["')”’»」]*(\s|$)/;

/** Whether `text` is plainly prose: it ends sentences, and has no mark of code. */
export function isProse(text: string): boolean {
  return OF_PROSE.test(text) && !OF_CODE.test(text);
}
