// Pages that were read are put aside in the private file system, and taken up from there; they are gone with the worker and
// with the browser, and in private windows there are none. In a real Chromium, with the real worker and a tiny model.
// It takes half a minute, because pages are read and the browser starts twice.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { E2E, launch, profileWith, ROOT, serve, until } from './browser.mjs';
import { NO_PREFERENCES, Panel } from './panel.mjs';

/** The extension under test. */
const DIST = process.env.SOTTO_DIST ?? join(ROOT, 'dist/chrome');
const MODEL = join(ROOT, 'tests/golden/tiny/smol.gguf');
/** Only what takes two seconds to read is put aside. By this clock, the worker's, that is so on every machine. */
const FAST_CLOCK = 'const clock = performance.now.bind(performance);\nperformance.now = () => 50 * clock();\n';
const QUESTION = 'Who wrote this?';
const OTHER_PAGE = { kind: 'page', title: '', text: 'The ferry to Skarholm leaves at nine.', language: null, code: null };
/** A software adapter takes its time: milliseconds. */
const PATIENCE = 120_000;

let dist;
let profile;
let site;
let sotto;
let panel;
/** The article, as the content script reads it. */
let page;
/** The answer that began with what was put aside. */
let takenUp;

before(async () => {
  dist = await mkdtemp(join(tmpdir(), 'sotto-prefixes-'));
  await cp(DIST, dist, { recursive: true, filter: (file) => !file.endsWith('.gguf') });
  await cp(MODEL, join(dist, 'model/default.gguf'));
  await writeFile(join(dist, 'worker.js'), FAST_CLOCK + (await readFile(join(DIST, 'worker.js'), 'utf8')));
  profile = await profileWith(dist);
  site = await serve(join(E2E, 'article'));
  sotto = await launch({ dist, profile });
  await sotto.clickToolbar(await sotto.open(`${site.origin}/index.html`));
  await takePanel();
  page = await readPage();
});

after(async () => {
  await sotto?.close();
  site?.close();
  for (const folder of [dist, profile]) if (folder) await rm(folder, { recursive: true });
});

/** Takes the one panel that there is, whose engine has loaded its model. */
async function takePanel() {
  panel = new Panel(await sotto.panel());
  const state = await panel.engineMessage(['ready', 'failed']);
  assert.equal(state.state, 'ready', state.message);
}

/** Reads the page in front, as the panel has it read. */
async function readPage() {
  const read = await panel.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
    const { reply } = await chrome.runtime.sendMessage({ to: 'background', type: 'read-page', tabId: tab.id });
    return reply;
  });
  assert.ok(read.ok, JSON.stringify(read));
  return read.value.source;
}

/** Asks about a page, as the panel does: the answer, what it cost, and the seconds that its first word took. */
async function ask(source, question) {
  const job = { type: 'chat', source, turns: [{ role: 'user', text: question }], preferences: NO_PREFERENCES };
  const answer = await panel.evaluate(
    (job) =>
      new Promise((resolve) => {
        const id = crypto.randomUUID();
        const port = chrome.runtime.connect({ name: 'panel' });
        const asked = performance.now();
        let seconds = null;
        let text = '';
        port.onMessage.addListener(({ id: of, event }) => {
          if (of !== id) return;
          if (event.type === 'text') {
            seconds ??= (performance.now() - asked) / 1000;
            text += event.text;
          }
          if (event.type !== 'done' && event.type !== 'failed') return;
          port.disconnect();
          resolve({ end: event, text, seconds });
        });
        port.postMessage({ type: 'start', id, job });
      }),
    job,
  );
  assert.equal(answer.end.type, 'done', JSON.stringify(answer.end));
  assert.notEqual(answer.text, '');
  return answer;
}

/** How much of the prompt was not read again, 0 to 1. */
function reused({ end }) {
  return end.stats.reusedTokens / end.stats.promptTokens;
}

/** The names of what is put aside. Runs in the extension. */
async function files() {
  const names = [];
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('prefixes').catch(() => null);
  if (folder) for await (const name of folder.keys()) names.push(name);
  return names;
}

function putAside() {
  return panel.evaluate(files);
}

function unload() {
  return panel.engineMessage(['unloaded'], { type: 'unload' });
}

test('a page is read, and taken up when another one has been in its place', { timeout: PATIENCE }, async () => {
  const first = await ask(page, 'Who is this about?');
  assert.ok(reused(first) < 0.1, JSON.stringify(first.end.stats));
  assert.deepEqual(await putAside(), []);
  await ask(OTHER_PAGE, 'When?');
  assert.equal((await putAside()).length, 1);
  takenUp = await ask(page, QUESTION);
  assert.ok(reused(takenUp) > 0.9, JSON.stringify(takenUp.end.stats));
});

test('what the engine held when it gave its memory back is taken up', { timeout: PATIENCE }, async () => {
  await unload();
  const { end, text } = await ask(page, QUESTION);
  assert.ok(reused({ end }) > 0.9, JSON.stringify(end.stats));
  assert.equal(text, takenUp.text);
});

test('a new worker deletes what was put aside; to read again takes five times as long and gives the same answer', { timeout: PATIENCE }, async (t) => {
  assert.notDeepEqual(await putAside(), []);
  const background = await sotto.worker();
  await background.evaluate(() => chrome.offscreen.closeDocument());
  await panel.engineMessage(['ready']);
  assert.deepEqual(await putAside(), []);
  const readAgain = await ask(page, QUESTION);
  assert.ok(reused(readAgain) < 0.1, JSON.stringify(readAgain.end.stats));
  assert.equal(readAgain.text, takenUp.text);
  const { promptTokens } = readAgain.end.stats;
  const figures = `${promptTokens} tokens: taken up in ${takenUp.seconds} s, read again in ${readAgain.seconds} s`;
  t.diagnostic(figures);
  assert.ok(takenUp.seconds < readAgain.seconds / 5, figures);
});

test('to delete everything ends the engine, which holds what was read', { timeout: PATIENCE }, async () => {
  const background = await sotto.worker();
  const documents = () =>
    background.evaluate(async () => {
      const contexts = await chrome.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] });
      return contexts.map(({ documentId }) => documentId);
    });
  const [engine] = await documents();
  assert.ok(engine);
  // As the settings do when all is deleted.
  await background.evaluate(() => new BroadcastChannel('sotto-wiped').postMessage(null));
  await until('the engine to end', async () => !(await documents()).includes(engine));
  await takePanel();
  assert.ok(reused(await ask(page, QUESTION)) < 0.1);
});

test('what was put aside when the browser closed is gone when it has started', { timeout: PATIENCE }, async () => {
  await unload();
  assert.notDeepEqual(await putAside(), []);
  await sotto.close();
  sotto = await launch({ dist, profile });
  const background = await sotto.worker();
  await until('the files to be gone', async () => (await background.evaluate(files)).length === 0);
  const documents = await background.evaluate(() => chrome.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] }));
  assert.deepEqual(documents, [], 'there is no worker yet that could have deleted them');
});

test('in a private window nothing is put aside', { timeout: PATIENCE }, async () => {
  await sotto.openPrivately(`${site.origin}/index.html`);
  await takePanel();
  assert.ok(await panel.evaluate(() => chrome.extension.inIncognitoContext));
  const { end } = await ask(await readPage(), QUESTION);
  assert.ok(end.stats.promptTokens > 1000, JSON.stringify(end.stats));
  await ask(OTHER_PAGE, 'When?');
  assert.deepEqual(await putAside(), []);
});
