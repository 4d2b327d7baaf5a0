// The documents that every editor is given, and what a rewrite makes of them. A document is a list of paragraphs, a paragraph
// a list of runs: text with its format. Runs on both sides of a format are rewritten, the format itself never.

const GARDEN = 'https://example.org/garden';

/** By name. The double of the engine says "would like" for "wants". */
export const DOCUMENTS = {
  /** One change, away from all formatting. */
  word: [
    [{ text: 'He wants tea with ' }, { text: 'fresh lemon', bold: true }, { text: ' from ' }, { text: 'the garden', href: GARDEN }, { text: ' today.' }],
  ],
  /** Bold and a link between two changes. */
  between: [
    [{ text: 'He wants tea with ' }, { text: 'fresh lemon', bold: true }, { text: ' from ' }, { text: 'the garden', href: GARDEN }, { text: ' and she wants coffee.' }],
  ],
  /** Two changes, each in a paragraph of its own, and a third paragraph that stays. */
  paragraphs: [
    [{ text: 'He wants tea with ' }, { text: 'fresh lemon', bold: true }, { text: ' today.' }],
    [{ text: 'From ' }, { text: 'the garden', href: GARDEN }, { text: ' she wants mint.' }],
    [{ text: 'Nobody else is here.' }],
  ],
  /** More than a window holds, with a change at each end. */
  long: [
    [{ text: 'He wants tea.' }],
    ...Array.from({ length: 400 }, (_, at) => [{ text: `Line ${at} stays as it is.` }]),
    [{ text: 'She wants mint.' }],
  ],
};

/** What the double of the engine makes of it. */
export function rewritten(document) {
  return document.map((runs) => runs.map((run) => ({ ...run, text: run.text.replace(/\bwants\b/g, 'would like') })));
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
