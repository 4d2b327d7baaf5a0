// A page that is longer than the context, in a real Chromium, with the real worker and a tiny model: a summary tells its parts,
// another shape of it reads nothing again, and the tray lists the passages that a question was answered from.

import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, ROOT, serve, until } from './browser.mjs';
import { NO_PREFERENCES, Panel } from './panel.mjs';

const DIST = process.env.SOTTO_DIST ?? join(ROOT, 'dist/chrome');
const MODEL = join(ROOT, 'tests/golden/tiny/smol.gguf');
/** A software adapter takes its time: milliseconds. */
const PATIENCE = 120_000;
const QUESTION = 'When does the lighthouse at Skarholm open?';
const ANSWER = 'The lighthouse at Skarholm opens on 4 June.';

let folder;
let site;
let sotto;
let panel;

/** About 4,600 words in sections, with the answer in one of them. */
function longPage() {
  const sentence = (section, line) => `Boat ${section * 100 + line} of harbour ${section} was painted, mended and put to sea again.`;
  const paragraph = (section, from) => `<p>${Array.from({ length: 6 }, (_, line) => sentence(section, from + line)).join(' ')}</p>`;
  const section = (number) =>
    `<h2>Harbour ${number}</h2>${[0, 6, 12].map((from) => paragraph(number, from)).join('')}${number === 13 ? `<p>${ANSWER}</p>` : ''}`;
  const body = Array.from({ length: 20 }, (_, number) => section(number)).join('');
  return `<!doctype html><html lang="en"><title>Harbours</title><main><article><h1>Twenty harbours</h1>${body}</article></main></html>`;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-long-'));
  const dist = join(folder, 'dist');
  await cp(DIST, dist, { recursive: true, filter: (file) => !file.endsWith('.gguf') });
  await cp(MODEL, join(dist, 'model/default.gguf'));
  const pages = join(folder, 'pages');
  await cp(join(ROOT, 'tests/e2e/article'), pages, { recursive: true });
  await writeFile(join(pages, 'index.html'), longPage());
  site = await serve(pages);
  sotto = await launch({ dist });
  await sotto.clickToolbar(await sotto.open(`${site.origin}/index.html`));
  panel = new Panel(await sotto.panel());
  const state = await panel.engineMessage(['ready', 'failed']);
  assert.equal(state.state, 'ready', state.message);
});

after(async () => {
  await sotto?.close();
  site?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** The events of a job about the page in front, texts left out. */
async function events(job) {
  return panel.evaluate(async (job) => {
    const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
    const { reply } = await chrome.runtime.sendMessage({ to: 'background', type: 'read-page', tabId: tab.id });
    const source = reply.value.source;
    return new Promise((resolve) => {
      const id = crypto.randomUUID();
      const events = [];
      const port = chrome.runtime.connect({ name: 'panel' });
      port.onMessage.addListener(({ id: of, event }) => {
        if (of !== id) return;
        events.push(event);
        if (event.type !== 'done' && event.type !== 'failed') return;
        port.disconnect();
        resolve({ events, text: source.text });
      });
      port.postMessage({ type: 'start', id, job: { ...job, source } });
    });
  }, job);
}

const steps = (events) => events.filter(({ type }) => type === 'step');

test('a summary tells its parts, cites the page, and is asked for in another shape without reading', { timeout: PATIENCE }, async () => {
  const first = await events({ type: 'summarize', summaryType: 'key-points', length: 'short', preferences: NO_PREFERENCES });
  assert.equal(first.events.at(-1).type, 'done', JSON.stringify(first.events.at(-1)));
  const told = steps(first.events);
  const parts = told.filter(({ kind }) => kind === 'part');
  assert.ok(parts.length >= 4, `${parts.length} parts`);
  assert.deepEqual(parts.map(({ number }) => number), parts.map((_, at) => at + 1));
  assert.deepEqual(told.at(-1), { type: 'step', kind: 'merging', number: 1, of: 1 });
  assert.ok(!first.events.some(({ type }) => type === 'context'), 'nothing was left out');
  const sentences = first.events.filter(({ type }) => type === 'sentence');
  assert.equal(sentences.length, 3);
  for (const { passage } of sentences) assert.match(first.text.slice(passage.start, passage.end), /\w/);
  const again = await events({ type: 'summarize', summaryType: 'tldr', length: 'short', preferences: NO_PREFERENCES });
  assert.deepEqual(steps(again.events), [told.at(-1)]);
  assert.equal(again.events.at(-1).stats.promptTokens, 0);
});

test('the tray lists the passages behind an answer, and a click paints one', { timeout: PATIENCE }, async () => {
  await panel.evaluate(() => {
    const attach = document.querySelector('context-tray button.quiet:not(.only-icon)');
    attach?.click();
  });
  await until('the page to be attached', () => panel.evaluate(() => document.querySelector('.tray-title') !== null));
  await panel.ask(QUESTION);
  await until('the passages', () => panel.evaluate(() => !document.querySelector('seen-passages').hidden));
  const listed = await panel.evaluate(() => [...document.querySelectorAll('seen-passages li button')].map((button) => button.textContent));
  assert.ok(listed.length >= 1 && listed.length <= 12, JSON.stringify(listed));
  await panel.evaluate(() => document.querySelector('seen-passages li button').click());
  await until('the passage to be found', () =>
    panel.evaluate(() => document.querySelector('seen-passages button[aria-pressed=true]') !== null),
  );
});
