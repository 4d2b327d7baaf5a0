// The whole real path once: a browser with a window on a virtual screen, a right click with the mouse, keys on the keyboard.
// (The other tests dispatch the menu's event themselves.) Needs Xvfb and xdotool. With a double in the engine's place.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { buildWithDouble, E2E, launch, serve, until } from './browser.mjs';
import { Panel } from './panel.mjs';

const run = promisify(execFile);
let screen;
let dist;
let site;
let sotto;
let page;

/** Starts a virtual screen on a free number, and gives the number. */
async function startScreen() {
  screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  let said = '';
  screen.stdio[3].on('data', (data) => (said += data));
  const failed = new Promise((_, reject) => screen.once('error', reject));
  return Promise.race([until('Xvfb', () => said.endsWith('\n') && said.trim()), failed]);
}

const hands = (...args) => run('xdotool', args.map(String));

/** A place near the left end of an element's first line, on the screen. */
async function onScreen(selector) {
  return page.evaluate((selector) => {
    const element = document.querySelector(selector);
    const range = document.createRange();
    range.selectNodeContents(element);
    const { x, y, height } = element.value === undefined ? range.getClientRects()[0] : element.getBoundingClientRect();
    const bars = window.outerHeight - window.innerHeight;
    return { x: Math.round(window.screenX + x + 40), y: Math.round(window.screenY + bars + y + height / 2) };
  }, selector);
}

before(async () => {
  process.env.DISPLAY = `:${await startScreen()}`;
  dist = await buildWithDouble();
  site = await serve(join(E2E, 'pages'));
  sotto = await launch({ dist, headed: true });
  page = await sotto.open(`${site.origin}/short.html`);
});

after(async () => {
  await sotto?.close();
  site?.close();
  screen?.kill();
  if (dist) await rm(dist, { recursive: true });
});

/** The text of the panel, once it says `sentence`. */
function panelSays(panel, sentence) {
  return until(`the panel to say “${sentence}”`, async () => (await panel.text()).includes(sentence));
}

test('a right click on a selection, and the first entry of the menu: the panel opens and summarises the selection', async () => {
  await page.evaluate(() => getSelection().selectAllChildren(document.getElementById('first')));
  const { x, y } = await onScreen('#first');
  await hands('mousemove', x, y, 'click', 3);
  // Chrome groups the entries of an extension: from the end of the menu up to it, into it, and its first entry.
  await new Promise((done) => setTimeout(done, 800));
  await hands('key', 'Up');
  await hands('key', 'Up');
  await hands('key', 'Right');
  await new Promise((done) => setTimeout(done, 300));
  await hands('key', 'Return');
  const panel = new Panel(await sotto.panel());
  await panelSays(panel, 'Summary of');
  const source = await until('the selection', () => panel.source());
  assert.equal(source.kind, 'selection');
  assert.equal(source.text, await page.locator('#first').innerText());
});

test('the browser takes every suggested shortcut: none is one of its own', async () => {
  const worker = await sotto.worker();
  const commands = await worker.evaluate(() => chrome.commands.getAll());
  const free = commands.filter(({ name, shortcut }) => !name.startsWith('_') && shortcut === '');
  assert.deepEqual(free, []);
});

test('a key on the keyboard: the card opens at the field, its Replace key applies, one Ctrl+Z restores', async () => {
  const field = page.locator('#note');
  const before = await field.inputValue();
  const { x, y } = await onScreen('#note');
  await hands('mousemove', x, y, 'click', 1);
  // Without a window manager the keyboard follows the pointer, which must not end on a bubble of the browser's.
  const { stdout } = await hands('search', '--onlyvisible', '--name', 'The lighthouse cat');
  await hands('windowfocus', '--sync', stdout.trim().split('\n')[0]);
  await until('the focus', () => field.evaluate((element) => element.matches(':focus') && document.hasFocus()));
  await hands('key', 'alt+shift+e');
  const card = await sotto.card(page);
  await until('the rewrite', () => card.evaluate((root) => root.querySelector('[data-action=replace]').hidden === false));
  await hands('key', 'ctrl+Return');
  await until('the rewrite in the field', async () => (await field.inputValue()) === before.replace('wants', 'would like'));
  await hands('key', 'ctrl+z');
  await until('the old text', async () => (await field.inputValue()) === before);
});
