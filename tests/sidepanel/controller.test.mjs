// What the panel does, with doubles of engine, browser and store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTs } from '../load-ts.mjs';

globalThis.chrome = { i18n: { getMessage: (key, values = []) => [key, ...values].join(' '), getUILanguage: () => 'en' } };

const { ANSWER, BrowserDouble, DONE, EngineDouble, entryJob, KEY_POINTS, PAGE, PanelController, shownAnswer, StoreDouble, URL_OF_PAGE } =
  await loadTs('tests/sidepanel/modules.ts');

const READY = { state: 'ready', model: { contextTokens: 4096 }, adapter: { software: false } };
const TAB = { id: 7, url: URL_OF_PAGE };
const intent = (action, page = { ok: true, value: PAGE }) => ({ action, via: 'menu', windowId: 1, tabId: 7, page });
const answers = (job) => [...(job.type === 'summarize' ? KEY_POINTS : ANSWER), DONE];

/** Until timers of no delay and promises have run. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

async function begin({ script = answers, store = new StoreDouble(), engine = new EngineDouble(READY, script), ...setup } = {}) {
  const browser = new BrowserDouble({ tab: TAB, ...setup });
  const view = {
    said: [],
    focused: 0,
    update: (state) => (view.state = state),
    announce: (text) => view.said.push(text),
    focusComposer: () => view.focused++,
  };
  const controller = new PanelController(engine, browser, store, view);
  await controller.begin();
  await settled();
  return { browser, controller, engine, store, view };
}

test('an intent to summarise attaches the page and answers', async () => {
  const { engine, view } = await begin({ intent: intent('summarize') });
  assert.equal(engine.jobs.length, 1);
  const preferences = { language: null, instructions: null };
  assert.deepEqual(engine.jobs[0], { type: 'summarize', source: PAGE.source, summaryType: 'key-points', length: 'short', preferences });
  const answer = shownAnswer(view.state.thread.entries[0]);
  assert.equal(answer.progress.kind, 'done');
  assert.equal(answer.sentences.length, 4);
  assert.deepEqual(view.said, ['statusStarted', 'statusDoneUnsupported 1']);
});

test('what was withdrawn gives way, and it is said what stands in its place', async () => {
  const withdrawn = (instead) => ({ type: 'withdrawn', doubt: 'repetition', instead });
  const script = () => [...ANSWER, withdrawn('another'), ...ANSWER, withdrawn('key-passages'), ...KEY_POINTS, DONE];
  const { view } = await begin({ intent: intent('summarize'), script });
  const answer = shownAnswer(view.state.thread.entries[0]);
  const text = (events) => events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  assert.equal(answer.text, text(KEY_POINTS));
  assert.equal(answer.sentences.length, 4);
  assert.deepEqual(answer.withdrawn, { doubt: 'repetition', instead: 'key-passages', text: text(ANSWER) });
  assert.deepEqual(view.said, ['statusStarted', 'statusKeyPassages']);
});

test('an answer that nothing supports gives way to what the page says', async () => {
  const withdrawn = { type: 'withdrawn', doubt: 'unsupported', instead: 'nearest-passages' };
  const { controller, view } = await begin({ intent: intent('chat'), script: () => [...ANSWER, withdrawn, ...KEY_POINTS, DONE] });
  controller.ask('Why?');
  await settled();
  const answer = shownAnswer(view.state.thread.entries[0]);
  assert.equal(answer.withdrawn.instead, 'nearest-passages');
  assert.equal(answer.sentences.length, 4);
  assert.equal(view.said.at(-1), 'statusNearestPassages');
});

test('summaries and questions go with what the settings ask for at that moment', async () => {
  const german = { language: 'de', instructions: 'Use short words.' };
  const { browser, controller, engine } = await begin({ intent: intent('summarize'), preferences: german });
  browser.setup.preferences = { language: 'fr', instructions: null };
  controller.ask('Why?');
  await settled();
  assert.deepEqual(engine.jobs.map(({ type, preferences }) => [type, preferences.language, preferences.instructions]), [
    ['summarize', 'de', 'Use short words.'],
    ['chat', 'fr', null],
  ]);
});

test('an intent to chat attaches the page, asks nothing, and focuses the box', async () => {
  const { engine, view } = await begin({ intent: intent('chat') });
  assert.equal(engine.jobs.length, 0);
  assert.equal(view.state.thread.attached, 0);
  assert.equal(view.focused, 1);
});

test('a shape seen before is shown again without asking the engine', async () => {
  const { controller, engine, view } = await begin({ intent: intent('summarize') });
  const [entry] = view.state.thread.entries;
  controller.reshape(entry, { type: 'headline', length: 'short' });
  await settled();
  assert.equal(engine.jobs.length, 2);
  controller.reshape(entry, { type: 'key-points', length: 'short' });
  await settled();
  assert.equal(engine.jobs.length, 2);
  assert.equal(shownAnswer(entry).requestId, 'request-0');
});

test('another shape stops the one that is being written, which is asked for again later', async () => {
  const script = (job) => (job.summaryType === 'headline' ? [DONE] : KEY_POINTS.slice(0, 3));
  const { controller, engine, view } = await begin({ intent: intent('summarize'), script });
  const [entry] = view.state.thread.entries;
  controller.reshape(entry, { type: 'headline', length: 'short' });
  await settled();
  assert.equal(entry.answers['key-points/short'].progress.reason, 'cancelled');
  controller.reshape(entry, { type: 'key-points', length: 'short' });
  assert.equal(engine.jobs.length, 3);
});

test('a question takes the earlier turns about the same page with it', async () => {
  const { controller, engine } = await begin({ intent: intent('chat') });
  controller.ask('First?');
  await settled();
  controller.ask('  Second?  ');
  await settled();
  assert.deepEqual(
    engine.jobs[1].turns.map(({ role, text }) => [role, text]),
    [
      ['user', 'First?'],
      ['assistant', 'Saint-Malo has kept its own table since 1846. It was drawn up by Captain Moreau.\n'],
      ['user', 'Second?'],
    ],
  );
  assert.deepEqual(engine.jobs[1].source, PAGE.source);
});

test('one question at a time, and none without words', async () => {
  const { controller, engine } = await begin({ intent: intent('chat'), script: () => [] });
  controller.ask('   ');
  controller.ask('First?');
  controller.ask('Second?');
  assert.equal(engine.jobs.length, 1);
});

test('stop leaves the partial text, marked', async () => {
  const { controller, view } = await begin({ intent: intent('chat'), script: () => ANSWER.slice(0, 2) });
  controller.ask('First?');
  await settled();
  controller.stop();
  await settled();
  const answer = shownAnswer(view.state.thread.entries[0]);
  assert.equal(answer.progress.reason, 'cancelled');
  assert.match(answer.text, /^Saint-Malo/);
  assert.equal(view.said.at(-1), 'statusStopped');
});

test('a stream goes on where it was when the panel opens again', async () => {
  const store = new StoreDouble();
  const engine = new EngineDouble(READY, () => KEY_POINTS.slice(0, 3));
  const first = await begin({ intent: intent('summarize'), engine, store });
  await new Promise((resolve) => setTimeout(resolve, 450));
  assert.equal(shownAnswer(first.view.state.thread.entries[0]).seq, 2);
  // The panel is gone; the engine writes on.
  const { view } = await begin({ engine, store });
  assert.deepEqual(engine.resumed, [{ id: 'request-0', after: 2 }]);
  for (const event of [...KEY_POINTS.slice(3), DONE]) engine.emit('request-0', event);
  const answer = shownAnswer(view.state.thread.entries[0]);
  assert.equal(answer.progress.kind, 'done');
  assert.equal(answer.text, KEY_POINTS.filter(({ type }) => type === 'text').map(({ text }) => text).join(''));
});

test('events come once and end with the end', async () => {
  const { engine, view } = await begin({ intent: intent('summarize') });
  const answer = shownAnswer(view.state.thread.entries[0]);
  const before = answer.text;
  engine.emit('request-0', { type: 'text', text: 'too late' });
  assert.equal(answer.text, before);
});

test('another page of the site: the banner asks, and either answer holds', async () => {
  const { browser, controller, view } = await begin({ intent: intent('summarize') });
  const winds = { ...PAGE, textId: 'text-9', url: 'https://almanac.example/winds' };
  browser.goTo({ id: 7, url: `${URL_OF_PAGE}#spring` });
  await settled();
  assert.equal(view.state.banner, null, 'a fragment is the same page');
  browser.goTo({ id: 7, url: winds.url });
  await settled();
  assert.equal(view.state.banner, 'changed');
  controller.keepOldPage();
  assert.equal(view.state.banner, null);
  assert.equal(view.state.thread.address, URL_OF_PAGE);
  browser.goTo(TAB);
  await settled();
  browser.goTo({ id: 7, url: 'https://almanac.example/rain' });
  await settled();
  assert.equal(view.state.banner, 'changed', 'a third page asks again');
  browser.setup.read = { ok: true, value: winds };
  browser.goTo({ id: 7, url: winds.url });
  controller.useNewPage();
  await settled();
  assert.equal(view.state.banner, null);
  assert.equal(view.state.thread.address, winds.url);
  assert.equal(view.state.thread.entries.length, 0);
});

test('another site: the banner says how to grant it', async () => {
  const { browser, view } = await begin({ intent: intent('summarize') });
  browser.goTo({ id: 7, url: null });
  await settled();
  assert.equal(view.state.banner, 'needs-grant');
});

test('another tab has its own thread; coming back finds the first', async () => {
  const { browser, view } = await begin({ intent: intent('summarize') });
  browser.goTo({ id: 8, url: null });
  await settled();
  assert.equal(view.state.thread.tabId, 8);
  assert.equal(view.state.thread.entries.length, 0);
  assert.equal(view.state.banner, null);
  browser.goTo(TAB);
  await settled();
  assert.equal(view.state.thread.entries.length, 1);
});

test('a page that cannot be read is explained, once', async () => {
  const failure = { ok: false, failure: { code: 'empty-page', detail: '' } };
  const { browser, view } = await begin({ intent: intent('explain', failure) });
  browser.intend(intent('explain', failure));
  await settled();
  assert.deepEqual(
    view.state.thread.entries.map((entry) => entry.failure.code),
    ['empty-page'],
  );
  assert.equal(view.said.at(-1), 'errorEmptyPage');
});

test('summarising without a page reads it first', async () => {
  const { browser, controller, engine, view } = await begin();
  controller.summarize();
  await settled();
  assert.equal(engine.jobs.length, 0);
  assert.equal(view.state.thread.entries[0].failure.code, 'grant-needed');
  browser.setup.read = { ok: true, value: PAGE };
  controller.summarize();
  await settled();
  assert.equal(engine.jobs.length, 1);
  assert.equal(view.state.thread.entries.length, 1, 'the failure is gone');
});

test('a passage is shown on the page, or quoted with the reason', async () => {
  const { browser, controller, view } = await begin({ intent: intent('summarize') });
  const [entry] = view.state.thread.entries;
  const [sentence] = shownAnswer(entry).sentences;
  controller.showPassage(entry, sentence.start, sentence.passage);
  await settled();
  assert.deepEqual(browser.shown, [{ textId: PAGE.textId, start: sentence.passage.start, end: sentence.passage.end }]);
  assert.equal(view.state.passage.place, 'found');
  assert.match(view.state.passage.quote, /^the Moon pulls/);
  browser.setup.passage = { ok: true, value: { found: false } };
  controller.showPassage(entry, sentence.start, sentence.passage);
  await settled();
  assert.equal(view.state.passage.place, 'gone');
  browser.setup.passage = { ok: false, failure: { code: 'grant-needed', detail: '' } };
  controller.showPassage(entry, sentence.start, sentence.passage);
  await settled();
  assert.equal(view.state.passage.place, 'unreachable');
});

test('starting over stops what runs, forgets the thread and keeps the page', async () => {
  const store = new StoreDouble();
  const { controller, view } = await begin({ intent: intent('summarize'), script: () => KEY_POINTS.slice(0, 3), store });
  const old = view.state.thread;
  controller.startOver();
  await settled();
  assert.equal(shownAnswer(old.entries[0]).progress.reason, 'cancelled');
  assert.equal(view.state.thread.entries.length, 0);
  assert.equal(view.state.thread.attached, 0);
  assert.equal((await store.load(7, URL_OF_PAGE)).entries.length, 0);
});

test('a detached page is not sent', async () => {
  const { controller, engine } = await begin({ intent: intent('chat') });
  controller.detach();
  controller.ask('Hello?');
  assert.equal(engine.jobs[0].source, null);
});

test('an answer that failed is no turn of the next question', async () => {
  const script = (job) => (job.turns.length === 1 ? [{ type: 'failed', code: 'gpu-lost', message: '' }] : [DONE]);
  const { browser, controller, engine, view } = await begin({ intent: intent('chat'), script });
  controller.ask('First?');
  await settled();
  assert.equal(view.said.at(-1), 'errorGpuLost');
  controller.ask('Second?');
  assert.deepEqual(engine.jobs[1].turns, [{ role: 'user', text: 'Second?' }]);
  assert.equal(entryJob(view.state.thread, view.state.thread.entries[1], browser.preferences()).type, 'chat');
});

test('an edited question takes the place of the old one and of what came after', async () => {
  const { controller, engine, view } = await begin({ intent: intent('chat') });
  controller.ask('First?');
  await settled();
  controller.ask('Second?');
  await settled();
  controller.edit(view.state.thread.entries[0], ' Another first? ');
  await settled();
  assert.deepEqual(engine.jobs.at(-1).turns, [{ role: 'user', text: 'Another first?' }]);
  assert.deepEqual(view.state.thread.entries.map(({ question }) => question), ['Another first?']);
});

test('a question is not edited while an answer is written', async () => {
  const { controller, engine, view } = await begin({ intent: intent('chat'), script: () => [] });
  controller.ask('First?');
  controller.edit(view.state.thread.entries[0], 'Second?');
  assert.equal(engine.jobs.length, 1);
  assert.equal(view.state.thread.entries[0].question, 'First?');
});

test('the shortcut closes an open panel that has the page, and attaches another page first', async () => {
  const pressed = { ...intent('chat'), via: 'shortcut', at: 1001 };
  const { browser, view } = await begin();
  browser.intend(pressed);
  await settled();
  assert.equal(browser.closed, 0, 'nothing was attached yet');
  assert.equal(view.focused, 1);
  browser.intend({ ...pressed, at: 999 });
  await settled();
  assert.equal(browser.closed, 0, 'the press that opened it');
  browser.intend({ ...pressed, via: 'menu' });
  await settled();
  assert.equal(browser.closed, 0, 'the menu only attaches');
  browser.intend(pressed);
  await settled();
  assert.equal(browser.closed, 1);
});

test('a conversation is saved as Markdown in which nothing of the page or the model is markup', async () => {
  const page = { ...PAGE, source: { ...PAGE.source, title: '..\\a/b: *Tides*\n# x?' } };
  const { browser, controller, view } = await begin({ intent: intent('summarize', { ok: true, value: page }) });
  controller.ask('Is <b>it</b> so?');
  await settled();
  controller.exportThread();
  const [{ name, text }] = browser.files;
  assert.equal(name, 'a b Tides # x.md');
  const lines = text.split('\n');
  assert.equal(lines[0], '# ..\\\\a/b: \\*Tides\\* \\# x?');
  assert.equal(lines[2], `<${URL_OF_PAGE}>`);
  assert.deepEqual(lines.filter((line) => line.startsWith('## ')), ['## summaryOfPage', '## Is \\<b\\>it\\</b\\> so?']);
  assert.ok(lines.includes('- The Moon pulls the nearest water more strongly than the rest of the Earth.'));
  assert.equal(view.said.at(-1), 'exported');
});
