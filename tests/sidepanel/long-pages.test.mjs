// Pages that are longer than the model's context: the step that a summary is at, and the passages behind an answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTs } from '../load-ts.mjs';

globalThis.chrome = { i18n: { getMessage: (key, values = []) => [key, ...values].join(' '), getUILanguage: () => 'en' } };

const { ANSWER, BrowserDouble, CONTEXT, contextUsed, DONE, EngineDouble, lastSeen, newAnswer, PAGE, PanelController, StoreDouble, takeAnswerEvent, TEXT, tokensUsed, URL_OF_PAGE } =
  await loadTs('tests/sidepanel/modules.ts');

const READY = { state: 'ready', model: { contextTokens: 4096 }, adapter: { software: false } };
const RANGES = CONTEXT.ranges;

const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

/** An answer that has taken these events in. */
function taking(...events) {
  const answer = newAnswer('a');
  events.forEach((event, seq) => takeAnswerEvent(answer, event, seq));
  return answer;
}

async function begin(script) {
  const page = { ok: true, value: PAGE };
  const setup = { tab: { id: 7, url: URL_OF_PAGE }, intent: { action: 'chat', via: 'menu', windowId: 1, tabId: 7, page } };
  const browser = new BrowserDouble(setup);
  const view = { update: (state) => (view.state = state), announce: () => {}, focusComposer: () => {} };
  const controller = new PanelController(new EngineDouble(READY, script), browser, new StoreDouble(), view);
  await controller.begin();
  await settled();
  return { browser, controller, view };
}

test('a summary in parts knows its step, and counts as tokens what the context held at once', () => {
  const part = (number) => [{ type: 'step', kind: 'part', number, of: 2 }, { type: 'reading', done: 900, total: 900 }];
  const events = [...part(1), ...part(2)];
  assert.deepEqual(taking(...events).step, { kind: 'part', number: 2, of: 2 });
  assert.equal(taking(events[0], events[1], events[2]).progress.kind, 'waiting', 'a new part is not read yet');
  const merging = { type: 'step', kind: 'merging', number: 1, of: 1 };
  const answer = taking(...events, merging, { type: 'text', text: 'Done.' }, DONE);
  assert.equal(answer.step.kind, 'merging');
  assert.equal(tokensUsed({ ...answer, progress: { ...answer.progress, stats: { ...DONE.stats, promptTokens: 1800 } } }), 900);
});

test('a stop within the parts leaves the step that it was at', () => {
  const answer = taking({ type: 'step', kind: 'part', number: 3, of: 9 }, { ...DONE, reason: 'cancelled' });
  assert.deepEqual(answer.step, { kind: 'part', number: 3, of: 9 });
  assert.equal(answer.progress.reason, 'cancelled');
});

test('the passages behind the last answer are listed, and each can be shown on the page', async () => {
  const { browser, controller, view } = await begin(() => [CONTEXT, ...ANSWER, DONE]);
  assert.equal(lastSeen(view.state.thread), null);
  controller.ask('Since when?');
  await settled();
  const seen = lastSeen(view.state.thread);
  assert.deepEqual(seen.ranges, RANGES);
  assert.deepEqual([seen.used, seen.total], [CONTEXT.usedUnits, TEXT.length]);
  controller.showPassage(seen.entry, null, seen.ranges[1]);
  await settled();
  assert.deepEqual(browser.shown, [{ textId: PAGE.textId, ...RANGES[1] }]);
  assert.equal(view.state.passage.sentence, null);
  assert.equal(view.state.passage.start, RANGES[1].start);
  assert.match(view.state.passage.quote, /^A harbour keeps/);
  assert.ok(contextUsed(view.state.thread) > 0);
});

test('an answer from the whole page lists nothing, whatever the one before rested on', async () => {
  let asked = 0;
  const { controller, view } = await begin(() => (asked++ === 0 ? [CONTEXT, ...ANSWER, DONE] : [...ANSWER, DONE]));
  controller.ask('Since when?');
  await settled();
  controller.ask('And why?');
  await settled();
  assert.equal(lastSeen(view.state.thread), null);
});
