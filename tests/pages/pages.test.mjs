// What the content script reads of whole pages, in a real Chromium, against what a reader would call their content: one
// folder a page, see docs/testing.md. `node tests/pages/pages.test.mjs NAME…` reads those pages alone and shows the differences.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildWithDouble, launch, serve, until } from '../e2e/browser.mjs';
import { compare, words } from './score.mjs';

const FOLDER = dirname(fileURLToPath(import.meta.url));
/** Word F1 that the pages must reach, on average and each. */
const MIN_AVERAGE = 0.92;
const MIN_WORST = 0.75;
/** How many folders there must be, and how many of them about hidden text. */
const MIN_PAGES = 40;
const MIN_HIDING = 12;

const only = process.argv.slice(2);
const names = (await readdir(FOLDER, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && (only.length === 0 || only.includes(entry.name)))
  .map(({ name }) => name)
  .sort();

let dist;
let site;
let sotto;
let panel;

before(async () => {
  dist = await buildWithDouble();
  site = await serve(FOLDER);
  sotto = await launch({ dist });
  const page = await sotto.open(`${site.origin}/${names[0]}/page.html`);
  await sotto.clickToolbar(page);
  panel = await sotto.panel();
});

after(async () => {
  await sotto?.close();
  site?.close();
  if (dist) await rm(dist, { recursive: true });
});

/** The folder's expectation; `hidden`: words that the page holds and nobody sees. */
async function load(name) {
  const file = (part) => join(FOLDER, name, part);
  const notes = existsSync(file('page.json')) ? JSON.parse(await readFile(file('page.json'), 'utf8')) : {};
  const files = await readdir(join(FOLDER, name));
  const sources = await Promise.all(files.filter((part) => part.endsWith('.html')).map((part) => readFile(file(part), 'utf8')));
  return { name, expected: await readFile(file('expected.txt'), 'utf8'), hidden: notes.hidden ?? [], html: sources.join('\n') };
}

/** What the extension reads of the page, by the way that the panel takes. */
async function read(name) {
  const page = await sotto.open(`${site.origin}/${name}/page.html`);
  // A page that builds itself says when it has.
  await until(`${name} to be built`, () => page.evaluate(() => !document.documentElement.hasAttribute('data-building')));
  const { reply } = await panel.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
    return chrome.runtime.sendMessage({ to: 'background', type: 'read-page', tabId: tab.id });
  });
  assert.ok(reply.ok, `${name}: ${JSON.stringify(reply)}`);
  return reply.value.source.text;
}

const pages = await Promise.all(names.map(load));
const results = [];

for (const { name, expected, hidden } of pages) {
  test(`${name}: at least ${MIN_WORST}${hidden.length > 0 ? ', and nothing hidden' : ''}`, { timeout: 30_000 }, async () => {
    const text = await read(name);
    const { f1, precision, recall, missing, extra } = compare(text, expected);
    const seen = new Set(words(text));
    const leaked = hidden.filter((word) => seen.has(word));
    results.push({ name, f1, leaked });
    const percent = (share) => `${(100 * share).toFixed(1)}%`.padStart(6);
    console.log(`F1 ${f1.toFixed(3)}  precision ${percent(precision)}  recall ${percent(recall)}  ${name}`);
    if (only.length > 0) console.log(`${text}\n--- missing: ${missing.join(' ')}\n--- extra: ${extra.join(' ')}`);
    assert.deepEqual(leaked, [], 'hidden words were read');
    assert.ok(f1 >= MIN_WORST, `F1 ${f1}; missing: ${missing.slice(0, 40).join(' ')}; extra: ${extra.slice(0, 40).join(' ')}`);
  });
}

test('hidden words stand in their pages, and in no expectation', () => {
  for (const { name, expected, hidden, html } of pages) {
    const [inPage, inExpected] = [new Set(words(html)), new Set(words(expected))];
    assert.deepEqual(hidden.filter((word) => !inPage.has(word)), [], `${name}: not in the page`);
    assert.deepEqual(hidden.filter((word) => inExpected.has(word)), [], `${name}: in the expectation`);
  }
});

test(`the average is at least ${MIN_AVERAGE}, over enough pages`, { skip: only.length > 0 && 'some pages alone were asked for' }, () => {
  const average = results.reduce((sum, { f1 }) => sum + f1, 0) / results.length;
  const worst = results.reduce((least, result) => (result.f1 < least.f1 ? result : least));
  const hiding = pages.filter(({ hidden }) => hidden.length > 0).length;
  const leaked = results.reduce((sum, { leaked }) => sum + leaked.length, 0);
  const bars = `F1 ${average.toFixed(3)} on average, ${worst.f1.toFixed(3)} the worst (${worst.name}), ${leaked} hidden words read`;
  console.log(`${results.length} pages, ${hiding} with hidden text: ${bars}`);
  assert.equal(results.length, pages.length, 'a page could not be read');
  assert.ok(pages.length >= MIN_PAGES, `${pages.length} pages`);
  assert.ok(hiding >= MIN_HIDING, `${hiding} pages with hidden text`);
  assert.ok(average >= MIN_AVERAGE, `F1 ${average}`);
});
