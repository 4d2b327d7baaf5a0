// Every language says everything that English says, with the same placeholders.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const folder = new URL('../../extension/_locales/', import.meta.url);
const manifest = new URL('../../manifest.json', import.meta.url);

async function strings(language) {
  return JSON.parse(await readFile(new URL(`${language}/messages.json`, folder), 'utf8'));
}

const languages = await readdir(folder);
const english = await strings('en');

/** Placeholders by name with the argument that each stands for. */
function placeholders({ placeholders = {} }) {
  return Object.entries(placeholders)
    .map(([name, { content }]) => `${name} ${content}`)
    .sort();
}

/** Names of the placeholders that the words use. */
function used({ message }) {
  return [...new Set([...message.matchAll(/\$(\w+)\$/g)].map(([, name]) => name.toLowerCase()))].sort();
}

for (const language of languages) {
  test(`${language} has the strings of English`, async () => {
    const own = await strings(language);
    assert.deepEqual(Object.keys(own), Object.keys(english));
    for (const [key, string] of Object.entries(own)) {
      assert.ok(string.message.trim(), `${key} is empty`);
      assert.deepEqual(placeholders(string), placeholders(english[key]), `placeholders of ${key}`);
      assert.deepEqual(used(string), Object.keys(string.placeholders ?? {}).sort(), `words of ${key}`);
    }
    assert.ok(own.extDescription.message.length <= 132, 'the store allows 132 characters');
  });
}

test('languages differ', async () => {
  for (const language of languages.filter((name) => name !== 'en')) {
    const own = await strings(language);
    const same = Object.keys(english).filter((key) => own[key].message === english[key].message);
    assert.ok(same.length < Object.keys(english).length / 10, `${language} leaves in English: ${same.join(', ')}`);
  }
});

test('the manifest names strings that there are', async () => {
  const text = await readFile(manifest, 'utf8');
  const names = [...text.matchAll(/__MSG_(\w+)__/g)].map(([, name]) => name);
  assert.ok(names.length > 0);
  for (const name of names) assert.ok(name in english, name);
});

test('the documentation lists every error with its sentence', async () => {
  const script = fileURLToPath(new URL('../../extension/errors.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, [script, '--check']);
});

test('the generated names are those of the strings', async () => {
  const script = fileURLToPath(new URL('../../extension/messages.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, [script, '--check']);
});
