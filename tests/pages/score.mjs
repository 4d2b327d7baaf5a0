// How near an extracted text is to the expected one.

/** Scripts that are written without spaces. */
const UNSPACED = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}]';
/** A word: a run of letters and digits; or one character, where a script is written without spaces. */
const WORD = new RegExp(`${UNSPACED}|(?:(?!${UNSPACED})[\\p{L}\\p{N}\\p{M}])+`, 'gu');

/** The words of a text, in lower case. */
export function words(text) {
  return text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
}

/** The words of `list` with how often each stands there. */
function counted(list) {
  const counts = new Map();
  for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/**
 * F1 = 2PR / (P + R) over words with their counts; P: share of the words of `actual` that are in `expected`, R: the reverse.
 * `missing` and `extra` are the words that make the difference.
 */
export function compare(actual, expected) {
  const [has, wants] = [words(actual), words(expected)];
  const left = counted(wants);
  const extra = [];
  let common = 0;
  for (const word of has) {
    const count = left.get(word) ?? 0;
    if (count === 0) {
      extra.push(word);
    } else {
      left.set(word, count - 1);
      common++;
    }
  }
  const missing = [...left].flatMap(([word, count]) => new Array(count).fill(word));
  const precision = has.length === 0 ? 0 : common / has.length;
  const recall = wants.length === 0 ? 0 : common / wants.length;
  return { f1: common === 0 ? 0 : (2 * precision * recall) / (precision + recall), precision, recall, missing, extra };
}
