// Writes extension/generated/messages.ts: the name of every string in _locales/en with the arguments that it takes, and
// the languages that there are.
//
//   node extension/messages.mjs [--check]
//
// With --check nothing is written; the exit status tells whether the file is what would be.

import { readdir, readFile, writeFile } from 'node:fs/promises';

const source = new URL('_locales/en/messages.json', import.meta.url);
const target = new URL('generated/messages.ts', import.meta.url);

const languages = (await readdir(new URL('_locales', import.meta.url))).sort().map((name) => `'${name.replace('_', '-')}'`);
const messages = JSON.parse(await readFile(source, 'utf8'));
const lines = Object.entries(messages).map(([key, { placeholders = {} }]) => {
  const names = Object.entries(placeholders)
    .sort(([, a], [, b]) => Number(a.content.slice(1)) - Number(b.content.slice(1)))
    .map(([name]) => `${name}: string`);
  return `  ${key}: [${names.join(', ')}];`;
});
const text = `// Written by extension/messages.mjs from _locales. Do not edit.

/** Every string, and its arguments in order. */
export interface MessageArguments {
${lines.join('\n')}
}

/** Languages with strings, as BCP 47 tags. */
export const LANGUAGES = [${languages.join(', ')}];
`;

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8')) !== text) {
    console.error('extension/generated/messages.ts is out of date: run `node extension/messages.mjs`');
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}
