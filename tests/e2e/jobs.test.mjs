// The jobs through the whole of it: the menu's handler, the content script, the offscreen document, the engine, WebGPU
// and the real side panel; while no request leaves the browser. On the extension as `cargo xtask build` makes it.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { E2E, launch, ROOT, serve, strings, until } from './browser.mjs';
import { places } from './netlog.mjs';
import { Panel } from './panel.mjs';

/** The extension under test. */
const DIST = process.env.SOTTO_DIST ?? join(ROOT, 'dist/chrome');
const NOTE = 'can you send me the report til friday, thanks';
/** A software adapter takes its time: milliseconds for one job. */
const PATIENCE = 420_000;

const words = await strings();
let folder;
let site;
let sotto;
let page;
let panel;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-jobs-'));
  site = await serve(join(E2E, 'pages'));
  sotto = await launch({ dist: DIST, netlog: join(folder, 'net.json') });
  page = await sotto.open(`${site.origin}/short.html`);
  await sotto.clickToolbar(page);
  panel = new Panel(await sotto.panel());
});

after(async () => {
  await sotto?.close();
  site?.close();
  if (folder) await rm(folder, { recursive: true });
});

test('the engine finds an adapter and loads its model', { timeout: PATIENCE }, async () => {
  const state = await panel.engineMessage(['ready', 'failed']);
  assert.equal(state.state, 'ready', `${state.code}: ${state.message}`);
  assert.ok(state.adapter.name !== '');
  assert.ok(state.model.weightBytes > 0);
  // The weights pass through; none of them stays in WebAssembly's memory.
  assert.ok(state.model.heapBytes < 150e6, `${state.model.heapBytes} bytes of heap`);
});

test('Summarise: the panel writes, and says where its sentences come from', { timeout: PATIENCE }, async () => {
  const { end, text, sentences } = await panel.follow(() => sotto.chooseMenu('menuSummarizePage'), undefined, PATIENCE);
  assert.equal(end.type, 'done', JSON.stringify(end));
  assert.ok(text.trim().length > 0);
  assert.ok(end.stats.generatedTokens > 0);
  const source = await panel.source();
  assert.ok(source.text.includes('a grey cat named Bosun'), source.text);
  assert.ok(!source.text.includes('hide this'), 'a password is no page text');
  assert.ok(sentences.length > 0);
  for (const { start, end, passage } of sentences) {
    assert.ok(start < end && end <= text.length);
    if (passage) assert.ok(passage.start < passage.end && passage.end <= source.text.length);
  }
});

test('Chat: the answer streams, leads to its passage, and the second question does not read the page again', { timeout: PATIENCE }, async () => {
  await sotto.chooseMenu('menuChat');
  const first = await panel.follow(() => panel.ask('Where did the grey cat live?'), undefined, PATIENCE);
  assert.equal(first.end.type, 'done', JSON.stringify(first.end));
  assert.ok(first.events.filter(({ type }) => type === 'text').length > 1, 'text comes in pieces');
  // The model's own, or the page's in place of it.
  const supported = first.sentences.find(({ passage }) => passage);
  assert.ok(supported, `nothing is linked of ${first.text}`);
  const quote = await panel.chooseSentence(supported.start);
  const { text } = await panel.source();
  assert.equal(quote, text.slice(supported.passage.start, supported.passage.end));
  const painted = await until('the paint', () => page.evaluate(() => [...(CSS.highlights.get('sotto-passage') ?? [])].join('')));
  assert.equal(painted.replace(/\s+/g, ' '), quote.replace(/\s+/g, ' '));
  const second = await panel.follow(() => panel.ask('Where does it sleep?'), undefined, PATIENCE);
  assert.equal(second.end.type, 'done', JSON.stringify(second.end));
  const { promptTokens, reusedTokens } = second.end.stats;
  assert.ok(reusedTokens > promptTokens / 2, `${reusedTokens} of ${promptTokens} tokens were resident`);
});

test('Stop: the answer ends within 100 ms and stays, marked as partial', { timeout: PATIENCE }, async () => {
  let stopped = 0;
  let ended = 0;
  const { end, text } = await panel.follow(
    () => panel.ask('Tell the whole story of the cat again, at length.'),
    async (event) => {
      if (event.type === 'text' && !stopped) {
        // The panel measures both ends itself: the test's own way there is longer than what is measured.
        ended = await panel.evaluate(async (partial) => {
          const before = performance.now();
          document.querySelector('question-composer button').click();
          while (!document.querySelector('chat-entry:last-of-type answer-view').innerText.includes(partial)) {
            await new Promise((done) => setTimeout(done, 1));
            if (performance.now() - before > 5000) break;
          }
          return performance.now() - before;
        }, words.endCancelled);
        stopped = 1;
      }
    },
    PATIENCE,
  );
  assert.equal(end.reason, 'cancelled', JSON.stringify(end));
  assert.ok(ended < 100, `${ended} ms from the click to the panel's word that it was stopped`);
  assert.ok(text.length > 0);
});

test('Rewrite: the card shows the words that differ; Replace, and one Ctrl+Z', { timeout: PATIENCE }, async () => {
  const field = page.locator('#note');
  await field.fill(NOTE);
  await sotto.chooseMenu('toneMoreFormal', { editable: true });
  const card = await sotto.card(page);
  const state = (root) => {
    const shown = (action) => root.querySelector(`[data-action="${action}"]`)?.hidden === false;
    return { done: shown('again'), replace: shown('replace'), text: root.querySelector('.text').textContent };
  };
  const { replace, text } = await until('the rewrite', async () => {
    const now = await card.evaluate(state);
    return now.done && now;
  }, PATIENCE);
  assert.ok(text.trim().length > 0);
  assert.ok(replace, `the model changed nothing: ${text}`);
  // Words that a rewrite must not change are flagged, and then it takes a second click.
  await until('the rewrite in the field', async () => {
    await card.evaluate((root) => root.querySelector('[data-action=replace]')?.click());
    return (await field.inputValue()) !== NOTE;
  });
  await until('the card to close', async () => !(await sotto.hasCard(page)));
  await page.keyboard.press('Control+z');
  assert.equal(await field.inputValue(), NOTE);
});

// About a minute: what the model writes of code is nothing that a double could say.
test('Code: every sentence that has a line has one of the code; comments leave the code as it is', { timeout: 2 * PATIENCE }, async () => {
  await page.goto(`${site.origin}/code.html`);
  await page.evaluate(() => getSelection().selectAllChildren(document.getElementById('spans')));
  const { end, text, sentences } = await panel.follow(() => sotto.chooseMenu('menuExplain'), undefined, PATIENCE);
  assert.equal(end.type, 'done', JSON.stringify(end));
  assert.ok(text.trim().length > 0);
  const { text: code } = await panel.source();
  const lines = code.split('\n').map((line) => line.trim());
  for (const { passage } of sentences) assert.ok(!passage || lines.includes(code.slice(passage.start, passage.end)));
  const commented = await panel.follow(() => sotto.chooseMenu('menuComment'), undefined, PATIENCE);
  const diff = commented.events.find(({ type }) => type === 'diff');
  // A model this small may find nothing to say.
  assert.equal(commented.end.code ?? 'done', diff ? 'done' : 'no-comments', JSON.stringify(commented.end));
  for (const { kind } of diff?.parts ?? []) assert.notEqual(kind, 'delete');
  if (diff) assert.equal(diff.parts.filter(({ kind }) => kind === 'equal').map(({ text }) => text).join(''), code);
  await page.goto(`${site.origin}/short.html`);
});

test('a password field is refused', async () => {
  await page.locator('#secret').focus();
  await sotto.chooseMenu('toneMoreFormal', { editable: true });
  await until('the refusal', async () => (await panel.text()).includes(words.errorFieldProtected));
  assert.equal(await sotto.hasCard(page), false);
});

test('an empty page and a page of the browser: a sentence that says so', async () => {
  await sotto.open(`${site.origin}/empty.html`);
  await sotto.chooseMenu('menuSummarizePage');
  await until('the sentence', async () => (await panel.text()).includes(words.errorEmptyPage));
  await sotto.open('chrome://version/');
  await sotto.chooseMenu('menuSummarizePage');
  await until('the sentence', async () => (await panel.text()).includes(words.errorPageForbidden));
});

// The last: the log is whole when the browser has closed.
test('all the while no request, look-up or connection left this machine', async () => {
  await sotto.close();
  sotto = null;
  const { seen, outside } = await places(join(folder, 'net.json'));
  assert.deepEqual(outside, []);
  // A log that tells of nothing proves nothing: the page itself came over loopback.
  assert.ok(seen.requests > 0 && seen.sockets > 0, JSON.stringify(seen));
});
