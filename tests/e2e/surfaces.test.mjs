// The panel and the settings in a real Chromium, with a double in the engine's place: the shortcut that opens and closes, an answer
// that is written while the panel is closed, threads by address, the file of a conversation, idling, and private windows.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildWithDouble, E2E, EXTENSION_ORIGIN, launch, profileWith, serve, strings, until } from './browser.mjs';
import { Panel } from './panel.mjs';

const words = await strings();
/** The double says a question again, a word each 15 ms: this takes 3 seconds. */
const LONG = `Why? ${'word '.repeat(200)}last`;
/** Milliseconds for one test: what never comes fails. */
const PATIENCE = 20_000;
let dist;
let profile;
let downloads;
let site;
let sotto;
let page;
let panel;

before(async () => {
  dist = await buildWithDouble();
  profile = await profileWith(dist);
  downloads = await mkdtemp(join(tmpdir(), 'sotto-downloads-'));
  site = await serve(join(E2E, 'pages'));
  sotto = await launch({ dist, profile });
  page = await sotto.open(`${site.origin}/short.html`);
  await openPanel();
});

after(async () => {
  await sotto?.close();
  site?.close();
  for (const folder of [dist, profile, downloads]) if (folder) await rm(folder, { recursive: true });
});

async function openPanel() {
  await sotto.clickToolbar(page);
  panel = new Panel(await sotto.panel());
}

/** Presses a shortcut: the same event as the browser's own. */
async function press(command) {
  const worker = await sotto.worker();
  await worker.evaluate(async (command) => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    chrome.commands.onCommand.dispatch(command, tab);
  }, command);
}

const says = (text) => until(`the panel to say “${text}”`, async () => (await panel.text()).includes(text));

async function isOpen() {
  return (await sotto.targets()).some(({ url }) => url.startsWith(`${EXTENSION_ORIGIN}/sidepanel/`));
}

test('the shortcut attaches the page and focuses the box', { timeout: PATIENCE }, async () => {
  await press('chat');
  await says('The lighthouse cat');
  assert.equal(await panel.evaluate(() => document.activeElement.localName), 'textarea');
});

test('the same key closes the panel; the answer goes on, and is there when the panel opens again', { timeout: PATIENCE }, async () => {
  await panel.ask(LONG);
  await says('Answer to Why?');
  assert.ok(!(await panel.text()).includes('Passages found'), 'it is still being written');
  await press('chat');
  await until('the panel to close', async () => !(await isOpen()));
  await openPanel();
  await says('Passages found');
  const answer = await panel.evaluate(() => document.querySelector('.answer-text').textContent);
  assert.ok(answer.includes(LONG), answer);
});

test('a thread belongs to its address: another page asks, and back again finds it', { timeout: PATIENCE }, async () => {
  await page.goto(`${site.origin}/fields.html`);
  await says(words.bannerChanged);
  assert.ok((await panel.text()).includes('Why?'));
  await page.goBack();
  await until('the banner to go', async () => !(await panel.text()).includes(words.bannerChanged));
  assert.ok((await panel.text()).includes('Why?'));
});

test('the conversation is saved as a file', { timeout: PATIENCE }, async () => {
  await sotto.browser.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
  await panel.evaluate((label) => document.querySelector(`button[aria-label="${label}"]`).click(), words.exportThread);
  const name = await until('the file', async () => (await readdir(downloads)).find((file) => file.endsWith('.md')));
  assert.equal(name, 'The lighthouse cat.md');
  const text = await until('its content', () => readFile(join(downloads, name), 'utf8'));
  assert.match(text, /^# The lighthouse cat\n\n<http:.*\/short\.html>\n\n## Why\? word/);
});

test('the model is unloaded when it is idle for as long as the settings say, and answers again', { timeout: PATIENCE }, async () => {
  assert.equal((await panel.engineMessage(['ready', 'unloaded', 'failed'])).state, 'ready');
  const idle = (idleMinutes) => panel.evaluate((idleMinutes) => chrome.storage.local.set({ idleMinutes }), idleMinutes);
  await idle(0.02);
  const state = await panel.engineMessage(['unloaded']);
  assert.equal(state.state, 'unloaded');
  await says(words.engineUnloaded);
  await idle(0);
  await panel.ask('Are you there?');
  await says('Answer to Are you there?');
});

test('the language and the instructions of the settings go with the next question and summary', { timeout: PATIENCE }, async () => {
  const options = await sotto.context.newPage();
  await options.goto(`${EXTENSION_ORIGIN}/options/index.html`);
  await options.getByLabel(words.optionsAnswerLanguage).selectOption('fr');
  const box = options.getByRole('textbox', { name: words.optionsInstructions });
  await box.fill('Use short words.');
  await options.locator('form', { has: box }).getByRole('button', { name: words.optionsRewriteSave }).click();
  await options.getByRole('status').getByText(words.optionsRewriteSaved).waitFor();
  await options.close();
  await panel.ask('In French?');
  await says('Answer to In French? (fr, Use short words.)');
  await sotto.chooseMenu('menuSummarizePage');
  await until('the summary', async () => /Summary of \d+ units \(fr, Use short words\.\)/.test(await panel.text()));
});

test('the settings show what is stored, and one button deletes it', { timeout: PATIENCE }, async () => {
  const options = await sotto.context.newPage();
  await options.goto(`${EXTENSION_ORIGIN}/options/index.html`);
  const stored = options.locator('section', { hasText: words.optionsData });
  assert.doesNotMatch(await stored.locator('dd').first().textContent(), new RegExp(words.optionsDataNone));
  await stored.getByRole('button', { name: words.optionsWipe }).click();
  await stored.getByRole('button', { name: words.optionsWipeConfirm }).click();
  await options.getByText(words.optionsWiped).waitFor();
  const left = await options.evaluate(async () => [await chrome.storage.local.get(null), await chrome.storage.session.get(null)]);
  assert.deepEqual(left, [{}, {}]);
  const language = options.getByLabel(words.optionsAnswerLanguage);
  await until('the choice to go', async () => (await language.inputValue()) === '');
  assert.equal(await options.getByRole('textbox', { name: words.optionsInstructions }).inputValue(), '');
  await options.close();
});

test('what is said in a private window is kept nowhere else', { timeout: PATIENCE }, async () => {
  const worker = await sotto.worker();
  assert.equal(await worker.evaluate(() => chrome.extension.inIncognitoContext), false);
  const kept = () =>
    worker.evaluate(async () => JSON.stringify([await chrome.storage.local.get(null), await chrome.storage.session.get(null)]));
  const panels = async () => (await sotto.targets()).filter(({ url }) => url.startsWith(`${EXTENSION_ORIGIN}/sidepanel/`));
  for (const { targetId } of await panels()) await sotto.browser.send('Target.closeTarget', { targetId });
  await until('the panel to close', async () => (await panels()).length === 0);
  await sotto.openPrivately(`${site.origin}/hidden.html`);
  panel = new Panel(await sotto.panel());
  assert.ok(await panel.evaluate(() => chrome.extension.inIncognitoContext));
  await until('the box', () => panel.evaluate(() => document.querySelector('question-composer textarea') !== null));
  await panel.ask('A secret question?');
  await says('Answer to A secret question?');
  const saving = { to: 'background', type: 'save-rewrite', name: 'secret', instruction: 'secret' };
  assert.deepEqual(await panel.evaluate((message) => chrome.runtime.sendMessage(message), saving), { reply: null });
  // A thread is stored within 400 ms of a change.
  await new Promise((done) => setTimeout(done, 1000));
  assert.doesNotMatch(await kept(), /secret|SEEN/);
});
