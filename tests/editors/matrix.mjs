// The published matrix: what was measured, as a table in docs/editors.md.

import { join } from 'node:path';
import { ROOT } from '../e2e/browser.mjs';
import { CASES } from './documents.mjs';
import { ENGINES, versionOf } from './engines.mjs';
import { ASPECTS } from './measure.mjs';

export const PUBLISHED = join(ROOT, 'docs/editors.md');
/** How to write it anew. */
export const COMMAND = 'node tests/editors/publish.mjs';

const HEADINGS = ['Editor', 'Version', 'Read', 'Replace', 'Its model', 'Formats', 'Undo', 'Typing'];
const TABLE = /^\|.*\n(?:\|.*\n)+/m;
const BROWSER = /Chromium [\d.]+/;

/** The line of one editor. */
export function row(engine, measured) {
  const cells = ASPECTS.map((aspect) => cell(Object.entries(measured).map(([name, { aspects }]) => [name, aspects[aspect]])));
  return `| ${[engine.name, versionOf(engine) ?? '–', ...cells].join(' | ')} |`;
}

function cell(answers) {
  if (answers.every(([, answer]) => answer === null)) return '–';
  const refused = answers.filter(([, answer]) => !answer).map(([name]) => CASES[name].title);
  if (refused.length === 0) return 'yes';
  return refused.length === answers.length ? 'no' : `yes; no: ${refused.join(', ')}`;
}

/** The lines of the editors in `markdown`, by name. */
export function publishedRows(markdown) {
  const lines = TABLE.exec(markdown)?.[0].trimEnd().split('\n').slice(2) ?? [];
  return new Map(lines.map((line) => [line.split(' | ')[0].slice(2), line]));
}

/** `markdown` with these rows, in the order of ENGINES, and the version of the browser. */
export function published(markdown, rows, browserVersion) {
  const head = [`| ${HEADINGS.join(' | ')} |`, `|${'---|'.repeat(HEADINGS.length)}`];
  const table = [...head, ...ENGINES.map((engine) => rows.get(engine.name)), ''].join('\n');
  return markdown.replace(TABLE, () => table).replace(BROWSER, `Chromium ${browserVersion}`);
}
