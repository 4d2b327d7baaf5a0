// Selected code, with a double in the engine's place: what is read of it, that the panel offers to explain it and to comment it,
// that a sentence leads to its line in the page, and that comments are only added.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { servePages } from '../editors/pages.mjs';
import { buildWithDouble, E2E, launch, serve, strings, until } from './browser.mjs';
import { Panel } from './panel.mjs';

const words = await strings();
const AREA = 'def area(w, h):\n    # in metres\n    if w < 0:\n        raise ValueError\n\n    return w * h\n';
/** Milliseconds for one test: what never comes fails. */
const PATIENCE = 20_000;
let dist;
let site;
let sotto;
let page;
let panel;

before(async () => {
  dist = await buildWithDouble();
  site = await serve(join(E2E, 'pages'));
  sotto = await launch({ dist });
  page = await sotto.open(`${site.origin}/code.html`);
  await sotto.clickToolbar(page);
  panel = new Panel(await sotto.panel());
});

after(async () => {
  await sotto?.close();
  site?.close();
  if (dist) await rm(dist, { recursive: true });
});

/** Selects all that an element holds. */
function select(selector) {
  return page.evaluate((selector) => {
    const element = document.querySelector(selector);
    if (element instanceof HTMLTextAreaElement) {
      element.focus();
      element.select();
      return;
    }
    document.activeElement?.blur();
    getSelection().selectAllChildren(element);
  }, selector);
}

/** Chooses an entry of the menu for what is selected, and gives what was read of it; the answer is stopped as soon as it begins. */
async function read(menu) {
  const { end } = await panel.follow(() => sotto.chooseMenu(menu), () => panel.stop(), PATIENCE);
  assert.equal(end.type, 'done', JSON.stringify(end));
  return panel.source();
}

/** The last entry of the thread, as it is shown. */
function last() {
  return panel.evaluate(() => {
    const entry = document.querySelector('.entries').lastElementChild;
    return { name: entry.localName, chosen: entry.querySelector('input:checked')?.value, text: entry.innerText };
  });
}

const painted = () => page.evaluate(() => [...(CSS.highlights.get('sotto-passage') ?? [])].map(String).join(''));

const SHOWN = [
  ['a highlighter’s spans', '#spans', AREA, 'python'],
  ['numbers of lines, a prompt and a button beside it', '#numbered', 'const a = 1;\n\n\treturn a;', 'js'],
  ['an element for each line', '#lines', 'if (a) {\n\n  b();\n}', 'ts'],
  ['a row for each line', '#rows', 'func main() {\n\n\trun()\n}', 'go'],
  ['a column of numbers', '#columns', 'fn main() {\n    run();\n}', 'rust'],
  ['within a sentence', '#inline', 'npm install', null],
  ['a name in an old form', '#brush', 'var x = 1;', 'csharp'],
  ['a name that is none', '#plain', 'GET / HTTP/1.1', null],
  ['words that nobody sees', '#trap', 'run();\nstop();', 'js'],
  ['a text box that wraps no lines', '#box', 'for x in xs:\n    print(x)\n', null],
  ['a text box with a name', '#named', 'print(1)', 'lua'],
];
for (const [what, selector, text, language] of SHOWN) {
  test(`code is read as it is written: ${what}`, { timeout: PATIENCE }, async () => {
    await select(selector);
    const source = await read('menuSummarizeSelection');
    assert.equal(source.text, text);
    assert.deepEqual(source.code, { language });
  });
}

for (const selector of ['#prose', '#sentence', '#letter']) {
  test(`${selector} is no code, and nothing is offered for it`, { timeout: PATIENCE }, async () => {
    await select(selector);
    assert.equal((await read('menuSummarizeSelection')).code, null);
    const entry = await last();
    assert.equal(entry.name, 'summary-entry');
    assert.ok(!entry.text.includes(words.codeComment), entry.text);
  });
}

test('code that nothing is said of keeps its lines where the user says that it is code', { timeout: PATIENCE }, async () => {
  await select('#blob');
  assert.equal((await read('menuExplain')).text, 'let a = {\n  b: 1,\n};');
  await select('#broken');
  const source = await read('menuExplain');
  assert.equal(source.text.replaceAll('\u00a0', ' '), 'x = f(1)\n\n  y = 2');
  assert.deepEqual(source.code, { language: null });
});

test('prose is not explained as code: the panel says so', { timeout: PATIENCE }, async () => {
  await select('#prose');
  await sotto.chooseMenu('menuExplain');
  await until('the sentence', async () => (await panel.text()).includes(words.errorNotCode));
});

test('beside the summary of code the panel offers both; a sentence of the explanation paints its line', { timeout: PATIENCE }, async () => {
  await select('#spans');
  await read('menuSummarizeSelection');
  assert.ok((await last()).text.includes(words.codeComment));
  const press = () => panel.evaluate(() => document.querySelector('summary-entry:last-of-type [data-task=explain]').click());
  const { end, sentences } = await panel.follow(press, undefined, PATIENCE);
  assert.equal(end.type, 'done');
  const entry = await last();
  assert.deepEqual([entry.name, entry.chosen], ['code-entry', 'explain']);
  assert.equal(await panel.chooseSentence(sentences[0].start), '# in metres');
  await until('the paint', async () => (await painted()) === '# in metres');
});

test('comments are only added, and are marked', { timeout: PATIENCE }, async () => {
  await select('#spans');
  await sotto.chooseMenu('menuComment');
  const shown = await until('the comments', () =>
    panel.evaluate(() => {
      const code = document.querySelector('.entries').lastElementChild.querySelector('.commented:has(ins)')?.cloneNode(true);
      for (const unseen of code?.querySelectorAll('.unseen') ?? []) unseen.remove();
      const inserted = [...(code?.querySelectorAll('ins') ?? [])].map((ins) => ins.textContent).join('');
      for (const ins of code?.querySelectorAll('ins') ?? []) ins.remove();
      return code && { inserted, rest: code.textContent };
    }),
  );
  assert.deepEqual(shown, { inserted: '// A comment.\n', rest: AREA });
  assert.equal((await last()).chosen, 'comment');
});

test('a language whose comments nobody knows: the panel says what to choose, and choosing it explains', { timeout: PATIENCE }, async () => {
  await select('#json');
  const { end } = await panel.follow(() => sotto.chooseMenu('menuComment'), undefined, PATIENCE);
  assert.equal(end.code, 'language-unknown');
  assert.ok((await last()).text.includes(words.errorLanguageUnknown));
  const press = () => panel.evaluate(() => document.querySelector('.entries').lastElementChild.querySelector('.notice button').click());
  const explained = await panel.follow(press, undefined, PATIENCE);
  assert.equal(explained.end.type, 'done');
  assert.equal((await last()).chosen, 'explain');
});

// The last: other pages, each of which the toolbar button grants anew.
test('editors: what is selected in them, as they have it, and its lines are found there', { timeout: 3 * PATIENCE }, async (t) => {
  const editors = await servePages(['code']);
  t.after(() => editors.close());
  page = await sotto.open(`${editors.origin}/code/`);
  await page.waitForFunction(() => globalThis.selectIn && document.querySelector('.view-line'));
  await sotto.clickToolbar(page);

  for (const name of ['codemirror', 'monaco']) {
    await page.evaluate((name) => selectIn(name), name);
    const { sentences } = await panel.follow(() => sotto.chooseMenu('menuExplain'), undefined, PATIENCE);
    const source = await panel.source();
    assert.equal(source.text, AREA, name);
    assert.deepEqual(source.code, { language: 'python' }, name);
    await page.evaluate(() => CSS.highlights.clear());
    await panel.chooseSentence(sentences[0].start);
    await until(`the paint in ${name}`, async () => (await painted()).replaceAll('\u00a0', ' ') === '# in metres');
    const place = await page.evaluate(() => [...CSS.highlights.get('sotto-passage')][0].startContainer.parentElement.closest('body > *').id);
    assert.equal(place, name);
  }

  await page.evaluate(() => selectIn('long'));
  const source = await read('menuSummarizeSelection');
  assert.equal(source.text, `${AREA}\n`.repeat(200), 'the lines out of view too');

  await page.evaluate(() => selectIn('monaco', false));
  await sotto.chooseMenu('menuExplain');
  await until('the sentence', async () => (await panel.text()).includes(words.errorEmptySelection));
});
