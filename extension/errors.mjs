// Writes docs/errors.md: every error that a user can meet, what Sotto says of it, and so what to do.
//
//   node extension/errors.mjs [--check]
//
// With --check nothing is written; the exit status tells whether the file is what would be.

import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = at('../docs/errors.md');
const messages = JSON.parse(await readFile(at('_locales/en/messages.json'), 'utf8'));
globalThis.chrome = { i18n: { getMessage: (key) => messages[key].message, getUILanguage: () => 'en' } };

const bundle = { entryPoints: [at('shared/i18n.ts')], bundle: true, write: false, format: 'esm', target: 'node20', logLevel: 'warning' };
const { outputFiles } = await build(bundle);
const { ERROR_CODES, errorSentence } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);

const text = `# Errors

<!-- Written by extension/errors.mjs from the strings of the extension. Do not edit. -->

What Sotto says when something goes wrong, and with it what to do. The code and the particulars, in English, stand under
*Details* in the panel.

| Code | What Sotto says |
|---|---|
${ERROR_CODES.map((code) => `| \`${code}\` | ${errorSentence(code).replaceAll('|', '\\|')} |`).join('\n')}
`;

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8')) !== text) {
    console.error('docs/errors.md is out of date: run `node extension/errors.mjs`');
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}
