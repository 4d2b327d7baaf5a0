// The documents that every editor is given, and what a rewrite makes of them. A document is a list of paragraphs, a paragraph
// a list of runs: text with its format. Runs on both sides of a format are rewritten, the format itself never.

const LEMON = { text: 'fresh lemon', bold: true };
const GARDEN = { text: 'the garden', href: 'https://example.org/garden' };

const SENTENCE = [[{ text: 'He wants tea with ' }, LEMON, { text: ' from ' }, GARDEN, { text: ' and she wants coffee.' }]];
const PARAGRAPHS = [
  [{ text: 'He wants tea with ' }, LEMON, { text: ' today.' }],
  [{ text: 'From ' }, GARDEN, { text: ' she wants mint.' }],
  [{ text: 'Nobody else is here.' }],
];
/** More than a window holds. */
const LONG = [[{ text: 'He wants tea.' }], ...Array.from({ length: 400 }, (_, at) => [{ text: `Line ${at} stays as it is.` }])];

/**
 * What is rewritten: `document`, or of it only what is `selected`, which is the end of its first paragraph. `title` is the
 * name in the matrix.
 */
export const CASES = {
  selection: { title: 'a selection', document: SENTENCE, selected: ' and she wants coffee.' },
  deletion: { title: 'a deletion', document: [[{ text: 'Here is ' }, LEMON, { text: ', and it is really here.' }]] },
  between: { title: 'around formats', document: SENTENCE },
  paragraphs: { title: 'over paragraphs', document: PARAGRAPHS },
  long: { title: 'the whole', document: LONG },
  longSelection: { title: 'a selection', document: LONG, selected: 'wants tea.' },
};

/** What is read, as plain text. */
export function textToRewrite({ document, selected }) {
  return selected ?? plainText(document);
}

/** What becomes of the document: the double of the engine says "would like" for "wants", and leaves "really" out. */
export function rewritten({ document, selected }) {
  const rewrite = (text) => text.replace(/\bwants\b/g, 'would like').replace(/\breally /g, '');
  if (!selected) return document.map((runs) => runs.map((run) => ({ ...run, text: rewrite(run.text) })));
  const [[...runs], ...others] = document;
  const last = runs.pop();
  const kept = last.text.slice(0, -selected.length);
  return [[...runs, { ...last, text: kept + rewrite(selected) }], ...others];
}

/** The text alone, a line a paragraph. */
export function plainText(document) {
  return document.map((runs) => runs.map(({ text }) => text).join('')).join('\n');
}

/** A document of text alone. */
export function unformatted(text) {
  return text.split('\n').map((line) => [{ text: line }]);
}

/** A document in one form: no-break spaces as spaces, neighbours of one format as one run, no empty ones, formats in one order. */
export function canonical(document) {
  return document.map((runs) => {
    const joined = [];
    for (const { text, bold, href } of runs) {
      const run = { text: text.replaceAll('\u00a0', ' '), ...(bold ? { bold: true } : {}), ...(href ? { href } : {}) };
      const last = joined.at(-1);
      if (last && last.bold === run.bold && last.href === run.href) last.text += run.text;
      else if (run.text !== '') joined.push(run);
    }
    return joined;
  });
}
