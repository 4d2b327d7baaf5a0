// A selection that is code, and what the engine's double says about it.

import type { DiffPart, Event, Sentence } from '../../extension/generated/protocol';
import type { PageText } from '../../extension/shared/messages';
import { DONE, PAGE } from './article';

const LINES = [
  'def tide_table(port, days):',
  '    rows = []',
  '    for day in range(days):',
  '        high, low = predict(port, day)',
  '        if high - low > SPRING_RANGE:',
  '            rows.append((day, high, low, "spring"))',
  '        else:',
  '            rows.append((day, high, low, None))',
  '',
  '    return rows',
];
export const CODE = `${LINES.join('\n')}\n`;

export const CODE_PAGE: PageText = {
  ...PAGE,
  textId: 'text-3',
  source: { ...PAGE.source, kind: 'selection', text: CODE, code: { language: 'python' } },
};

const said = (text: string, line: number | null, at: number): Sentence => {
  const words = line === null ? '' : LINES[line]!.trim();
  const start = CODE.indexOf(words);
  return { start: at, end: at + text.length, passage: line === null ? null : { start, end: start + words.length, score: 0.8 }, flags: [] };
};

/** An explanation of three sentences, the last of which no line supports; without its end. */
export const EXPLAINED: Event[] = [{ type: 'reading', done: 161, total: 161 }];
const SENTENCES: [string, number | null][] = [
  ['The function tide_table makes a list of rows for a port.', 0],
  ['It predicts the high and the low water of each day.', 3],
  ['It sends the table to the harbour master.', null],
];
let at = 0;
for (const [text, line] of SENTENCES) {
  EXPLAINED.push({ type: 'text', text: `${text} ` }, { type: 'sentence', ...said(text, line, at) });
  at += text.length + 1;
}

const PARTS: DiffPart[] = [
  { kind: 'equal', text: `${LINES.slice(0, 2).join('\n')}\n` },
  { kind: 'insert', text: '    # Predict the tides of each day.\n' },
  { kind: 'equal', text: `${LINES.slice(2, 4).join('\n')}\n` },
  { kind: 'insert', text: '        # A large range is a spring tide.\n' },
  { kind: 'equal', text: `${LINES.slice(4).join('\n')}\n` },
];
const COMMENTED_TEXT = PARTS.map(({ text }) => text).join('');

/** Code with two comments, in which one line had to be put back. */
export const COMMENTED: Event[] = [
  { type: 'text', text: COMMENTED_TEXT },
  { type: 'diff', parts: PARTS, flags: [], added: [], notes: [{ kind: 'kept', start: 0, end: 27, text: LINES[0]! }], corrections: [] },
  DONE,
];

/** The first block of the same, while the rest is still to come. */
export const COMMENTING: Event[] = [{ type: 'text', text: COMMENTED_TEXT.slice(0, COMMENTED_TEXT.indexOf('        if')) }];

export const LANGUAGE_UNKNOWN: Event[] = [{ type: 'failed', code: 'language-unknown', message: 'how the language writes comments is not known' }];
