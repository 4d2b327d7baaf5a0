// Every state of panel, card and settings: nothing that axe finds wrong in light, dark and forced colours, nothing wider than the
// window, no word cut off; and their keys.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { openGallery, PAGES } from './gallery.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** How each state is looked at by axe. */
const THEMES = [
  { colorScheme: 'light', forcedColors: 'none' },
  { colorScheme: 'dark', forcedColors: 'none' },
  { colorScheme: 'dark', forcedColors: 'active' },
];

/** Pixels: the narrowest panel, and the usual one at 200 %. */
const WIDTHS = [320, 200];

let gallery;
before(async () => {
  gallery = await openGallery();
});
after(() => gallery.close());

/** What axe finds wrong with the surface. The gallery's own page stands for a page of the web and is not looked at. */
async function violations(page, surface) {
  const found = await page.evaluate(
    (within) => globalThis.axe.run(within, { rules: { 'page-has-heading-one': { enabled: true } } }),
    surface === 'card' ? 'sotto-card' : 'body',
  );
  assert.ok(found.passes.length > 5, 'axe has looked at something');
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`);
}

/** How far the surface sticks out of the window, in pixels. */
function overflow(page, surface) {
  return page.evaluate((surface) => {
    const root = surface === 'card' ? document.querySelector('sotto-card').shadowRoot : document.body;
    const boxes = [...root.querySelectorAll('*')].filter((element) => !element.closest('.unseen, svg')).map((element) => element.getBoundingClientRect());
    return Math.max(...boxes.map(({ right }) => right - innerWidth), ...boxes.map(({ left }) => -left));
  }, surface);
}

/** Words that do not fit into their element and are cut off there. A title that ends in … has the whole in its tooltip. */
function cutWords(page, surface) {
  return page.evaluate((surface) => {
    const root = surface === 'card' ? document.querySelector('sotto-card').shadowRoot : document.body;
    const cut = ({ scrollWidth, clientWidth }, { overflowX, display }) =>
      display !== 'inline' && overflowX !== 'visible' && clientWidth > 0 && scrollWidth > clientWidth + 1;
    return [...root.querySelectorAll('*')]
      .filter((element) => !element.closest('.unseen, svg, select') && !element.title && cut(element, getComputedStyle(element)))
      .map((element) => `${element.localName}.${element.className}: ${element.textContent.slice(0, 60)}`);
  }, surface);
}

for (const surface of Object.keys(PAGES)) {
  test(`${surface}: axe and widths`, async (t) => {
    for (const state of await gallery.states(surface)) {
      await t.test(state, async () => {
        const page = await gallery.open(surface, state, { reducedMotion: 'reduce' });
        await page.addScriptTag({ path: AXE });
        for (const theme of THEMES) {
          await page.emulateMedia(theme);
          assert.deepEqual(await violations(page, surface), [], JSON.stringify(theme));
        }
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 600 });
          await page.waitForTimeout(50);
          assert.ok((await overflow(page, surface)) <= 1, `sticks out at ${width} px`);
          assert.deepEqual(await cutWords(page, surface), [], `${width} px`);
        }
        await page.close();
      });
    }
  });
}

/** Goes through the page by Tab, and gives what had the focus, and of that what did not show it. */
async function tabThrough(page) {
  const reached = [];
  const unseen = [];
  // Where the focus begins in the middle, the keyboard leaves the page once before it has been everywhere.
  for (let left = 0; left < 2; ) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return { left: true };
      // A box may leave it to its frame, a hidden radio button to its label.
      const shows = (candidate) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(candidate);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
      };
      const frame = element.closest('.ask');
      const label = element.closest('label');
      const framed = frame && getComputedStyle(frame).borderTopColor !== getComputedStyle(frame).getPropertyValue('--line');
      globalThis.tabbed = globalThis.tabbed ?? new Map();
      if (globalThis.tabbed.has(element)) return null;
      globalThis.tabbed.set(element, true);
      element.dataset.reached = 'true';
      return { name: element.ariaLabel || element.id || element.textContent.slice(0, 30), shows: shows(element) || (label && shows(label)) || Boolean(framed) };
    });
    if (!at) break;
    if (at.left) {
      left++;
      continue;
    }
    reached.push(at.name);
    if (!at.shows) unseen.push(at.name);
  }
  return { reached, unseen };
}

for (const [surface, state] of [['panel', 'chat'], ['panel', 'code-summary'], ['panel', 'changed-page'], ['panel', 'attached'], ['panel', 'first-run'], ['options', 'ready'], ['options', 'models-coming']]) {
  test(`${surface} ${state}: the Tab key reaches everything, and shows where it is`, async () => {
    const page = await gallery.open(surface, state, { reducedMotion: 'reduce' });
    const { reached, unseen } = await tabThrough(page);
    assert.deepEqual(unseen, []);
    const left = await page.evaluate(() => {
      const all = [...document.querySelectorAll('button, textarea, input, select, summary, [role=button]')];
      // Of radio buttons and sentences one is a stop, and the arrow keys go on from there.
      const stops = all.filter((element) => element.checkVisibility() && !element.disabled && element.tabIndex >= 0 && (element.type !== 'radio' || element.checked));
      return stops.filter((element) => !element.dataset.reached).map((element) => element.outerHTML.slice(0, 80));
    });
    assert.deepEqual(left, []);
    assert.ok(reached.length >= 4, reached.join());
    await page.close();
  });
}

test('panel: what is written does not take the focus, and only its end is said', async () => {
  const page = await gallery.open('panel', 'streaming');
  await page.getByRole('button', { name: 'Settings' }).focus();
  const said = () => page.locator('p[role=status]').textContent();
  const before = await said();
  const state = await page.evaluate(async () => {
    for (const text of ['reaches ', '16 ', 'metres.\n- And more']) {
      globalThis.engine.emit('request-0', { type: 'text', text });
      await new Promise((done) => setTimeout(done, 20));
    }
    return { label: document.activeElement.ariaLabel, text: document.querySelector('.answer-text').textContent };
  });
  assert.equal(state.label, 'Settings');
  assert.match(state.text, /And more/);
  assert.equal(await said(), before);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.waitForFunction(() => document.querySelector('p[role=status]').textContent === 'Stopped');
  await page.close();
});

test('panel: a question is edited and asked again; Esc leaves it', async () => {
  const page = await gallery.open('panel', 'editing');
  const box = page.locator('question-view textarea');
  await box.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'Edit the question');
  await page.keyboard.press('Enter');
  await box.fill('Who keeps a table?');
  await box.press('Enter');
  assert.equal(await page.locator('.question').textContent(), 'Who keeps a table?');
  assert.equal(await page.evaluate(() => globalThis.engine.jobs.at(-1).turns.at(-1).text), 'Who keeps a table?');
  assert.equal(await page.locator('chat-entry').count(), 1);
  await page.close();
});

test('settings: a rewrite is saved, changed and deleted; the time to unload is kept', async () => {
  const page = await gallery.open('options', 'asleep');
  const stored = () => page.evaluate(() => globalThis.stored);
  await page.getByLabel('Name').fill('As a question');
  await page.getByLabel('Instruction', { exact: true }).fill('Rewrite this as a polite question');
  await page.locator('form', { has: page.getByLabel('Name') }).getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Edit “As a question”' }).click();
  await page.getByLabel('Name').fill('Question');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Delete “Question”' }).waitFor();
  const [{ id, ...saved }, ...others] = (await stored()).savedRewrites;
  assert.deepEqual([saved, others], [{ name: 'Question', instruction: 'Rewrite this as a polite question' }, []]);
  assert.match(id, /^[0-9a-f]{32}$/);
  await page.getByRole('button', { name: 'Delete “Question”' }).click();
  await page.getByText('None yet.').waitFor();
  assert.deepEqual((await stored()).savedRewrites, []);
  await page.getByLabel('Unload when unused for').selectOption('60');
  assert.equal((await stored()).idleMinutes, 60);
  await page.close();
});

test('settings: the language of answers and the standing instructions are kept, and shown again', async () => {
  const page = await gallery.open('options', 'asleep');
  const stored = () => page.evaluate(() => ({ language: globalThis.stored.language, instructions: globalThis.stored.instructions }));
  const language = page.getByLabel('Summaries and answers in');
  const box = page.getByRole('textbox', { name: 'Standing instructions' });
  assert.equal(await language.inputValue(), '');
  await language.selectOption('Deutsch');
  await box.fill('  Use short words. ');
  await page.locator('form', { has: box }).getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').getByText('Saved').waitFor();
  assert.deepEqual(await stored(), { language: 'de', instructions: 'Use short words.' });
  await box.press('End');
  await box.pressSequentially(' And');
  assert.equal(await page.getByRole('status').getByText('Saved').count(), 0, 'what is typed since is not saved');
  await language.selectOption('');
  assert.equal((await stored()).language, null);
  await page.close();
  const ready = await gallery.open('options', 'ready');
  assert.equal(await ready.getByLabel('Summaries and answers in').inputValue(), 'de');
  assert.match(await ready.getByRole('textbox', { name: 'Standing instructions' }).inputValue(), /^Use short sentences/);
  await ready.close();
});

test('settings: a missing shortcut is reported; everything is deleted only when asked twice', async () => {
  const page = await gallery.open('options', 'no-shortcut');
  assert.match(await page.locator('.notice.warning').textContent(), /not set/);
  assert.equal(await page.locator('dd .missing').count(), 1);
  assert.equal(await page.locator('dd kbd').count(), 2, 'the toolbar button suggests no keys, and misses none');
  await page.close();
  const other = await gallery.open('options', 'wipe-confirm');
  assert.match(await other.locator('section:has(.danger)').textContent(), /41.* kB/);
  await other.getByRole('button', { name: 'Really delete everything?' }).click();
  await other.getByText('Everything has been deleted.').waitFor();
  assert.doesNotMatch(await other.locator('section:has(.danger)').textContent(), /kB/);
  await other.close();
});

test('settings: what is asked of a model goes to the worker, and the focus stays where it can', async () => {
  const page = await gallery.open('options', 'models-coming');
  const last = () => page.evaluate(() => globalThis.models.commands.at(-1));
  const row = (name) => page.locator('.models li', { has: page.getByRole('heading', { name }) });
  const cancel = row('Harbour 360M').getByRole('button', { name: 'Cancel' });
  await cancel.focus();
  const running = await page.evaluate(() => globalThis.models.snapshot.arrivals[0]);
  await page.evaluate((arrival) => globalThis.models.tell({ arrivals: [{ ...arrival, bytes: 200_000_000, secondsLeft: 12 }] }), running);
  await page.getByText('12 seconds left').waitFor();
  assert.ok(await cancel.evaluate((button) => button === document.activeElement), 'progress takes no focus');
  await page.keyboard.press('Enter');
  assert.deepEqual(await last(), { type: 'cancel', id: 'harbour-360m' });
  await page.evaluate(() => globalThis.models.tell({ arrivals: [] }));
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'On this computer');
  await row('Harbour 360M').getByRole('button', { name: 'Download' }).click();
  assert.deepEqual(await last(), { type: 'download', id: 'harbour-360m' });
  assert.equal(await row('Harbour 7B').getByRole('button').count(), 0, 'what cannot be loaded is not offered');
  const mine = row('Lighthouse 500M Instruct');
  assert.match(await mine.textContent(), /In use/);
  await mine.getByRole('button', { name: 'Delete' }).click();
  assert.deepEqual(await last(), { type: 'delete', id: 'disk-3f2a' });
  assert.equal(await page.evaluate(() => globalThis.stored.model), null);
  await page.close();
});

test('settings: what has come is said, and what went wrong', async () => {
  const page = await gallery.open('options', 'models-coming');
  const said = page.locator('model-manager [role=status]');
  await page.evaluate(() => {
    const { models, arrivals } = globalThis.models.snapshot;
    globalThis.models.tell({ models: [...models, { ...models[0], id: 'new', name: 'Buoy' }], arrivals: arrivals.slice(1) });
  });
  assert.equal(await said.textContent(), 'Buoy is there now.');
  await page.evaluate(() => {
    const [arrival] = globalThis.models.snapshot.arrivals;
    globalThis.models.tell({ arrivals: [{ ...arrival, state: 'failed', failure: { code: 'disk-full', detail: '' } }] });
  });
  assert.match(await said.textContent(), /^Harbour 1.7B: The disk has no room/);
  await page.close();
});

test('panel: a chosen model that does not load is told with the way back to the one of the package', async () => {
  const page = await gallery.open('panel', 'model-gone');
  await page.getByRole('button', { name: 'Choose a model' }).waitFor();
  await page.getByRole('button', { name: 'Use the model that comes with Sotto' }).click();
  assert.ok(await page.evaluate(() => globalThis.browser.usesPackaged));
  await page.close();
});

test('panel: Enter sends, Shift+Enter starts a line', async () => {
  const page = await gallery.open('panel', 'attached');
  const box = page.locator('question-composer textarea');
  await box.pressSequentially('Why');
  await box.press('Shift+Enter');
  await box.pressSequentially('so?');
  assert.equal(await box.inputValue(), 'Why\nso?');
  await box.press('Enter');
  assert.equal(await box.inputValue(), '');
  assert.equal(await page.locator('chat-entry .question').textContent(), 'Why\nso?');
  assert.equal(await page.locator('question-composer button').getAttribute('aria-label'), 'Stop');
  await page.close();
});

test('panel: the arrow keys go from sentence to sentence, Enter shows the passage', async () => {
  const page = await gallery.open('panel', 'summary');
  const sentences = page.locator('.sentence');
  assert.equal(await page.locator('.sentence[tabindex="0"]').count(), 1);
  await sentences.first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await sentences.nth(1).getAttribute('aria-pressed'), 'true');
  assert.equal(await page.locator('.peek q').textContent(), 'Spring tides come just after a full or a new moon');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'sentence');
  await page.close();
});

test('panel: what the model writes is text', async () => {
  const page = await gallery.open('panel', 'hostile');
  assert.match(await page.locator('.answer-text').textContent(), /<img src=x onerror=/);
  assert.equal(await page.locator('.answer-text :is(img, a, b, script)').count(), 0);
  await page.close();
});

test('panel: a sentence without a passage says so', async () => {
  const page = await gallery.open('panel', 'summary');
  assert.match(await page.locator('li:has(.unsupported)').textContent(), /no passage found$/);
  assert.match(await page.locator('[role=status]').textContent(), /Sentences without a passage: 1/);
  await page.close();
});

test('panel: code is explained, commented and copied as it is, one chip from each other by the keyboard', async () => {
  const page = await gallery.open('panel', 'code-explained');
  assert.equal(await page.locator('.peek q').textContent(), 'high, low = predict(port, day)');
  await page.locator('code-entry input:checked').focus();
  await page.keyboard.press('ArrowRight');
  assert.deepEqual(await page.locator('.commented ins').allTextContents(), [
    ' [inserted]     # Predict the tides of each day.\n',
    ' [inserted]         # A large range is a spring tide.\n',
  ]);
  assert.equal(await page.locator('.commented del').count(), 0);
  assert.match(await page.locator('code-entry').textContent(), /put back as they were: 1/);
  const copied = async (label) => {
    await page.getByRole('button', { name: label }).click();
    return page.evaluate(() => globalThis.browser.clipboard);
  };
  const code = await copied('Copy as text');
  assert.match(code, /^def tide_table\(port, days\):\n    rows = \[\]\n    # Predict the tides of each day\.\n    for day/);
  assert.equal(await copied('Copy as Markdown'), `\`\`\`python\n${code}\`\`\`\n`);
  await page.locator('code-entry input:checked').focus();
  await page.keyboard.press('ArrowLeft');
  assert.match(await page.locator('.answer-text').textContent(), /^The function tide_table/);
  assert.deepEqual(await page.evaluate(() => globalThis.engine.jobs.map(({ kind }) => kind)), ['explain', 'comment'], 'nothing is asked twice');
  await page.close();
});

test('panel: what an unknown language asks to choose is a button there', async () => {
  const page = await gallery.open('panel', 'code-language-unknown');
  await page.locator('.notice').getByRole('button', { name: 'Explain', exact: true }).click();
  assert.match(await page.locator('.answer-text').textContent(), /^The function tide_table/);
  assert.equal(await page.locator('code-entry input:checked').inputValue(), 'explain');
  await page.close();
});

test('panel: attached code is offered an explanation and comments', async () => {
  for (const state of ['code-attached', 'code-summary']) {
    const page = await gallery.open('panel', state);
    await page.locator('[data-task=comment]:visible').click();
    const { type, kind, source } = await page.evaluate(() => globalThis.engine.jobs.at(-1));
    assert.deepEqual([type, kind, source.code], ['explain', 'comment', { language: 'python' }]);
    await page.close();
  }
  const prose = await gallery.open('panel', 'selection');
  assert.equal(await prose.locator('[data-task]:visible').count(), 0);
  await prose.close();
});

test('panel: a long page tells its part, and how far all of it is read', async () => {
  const page = await gallery.open('panel', 'part');
  assert.equal(await page.locator('.progress-line span').textContent(), 'Part 2 of 5');
  const bar = page.locator('.progress-line progress');
  const [value, max] = await bar.evaluate(({ value, max }) => [value, max]);
  assert.equal(max, 5);
  assert.ok(Math.abs(value - (1 + 384 / 912)) < 1e-6, `${value}`);
  await page.close();
  const merging = await gallery.open('panel', 'merging');
  assert.equal(await merging.locator('.progress-line span').textContent(), 'Merging');
  await merging.close();
});

test('panel: the tray lists the passages of an answer, and marks the one shown', async () => {
  const page = await gallery.open('panel', 'passages');
  const buttons = page.locator('seen-passages li button');
  assert.equal(await buttons.count(), 2);
  assert.match(await buttons.last().textContent(), /^A harbour keeps its own table/);
  assert.deepEqual(await buttons.evaluateAll((all) => all.map((button) => button.ariaPressed)), ['false', 'true']);
  assert.match(await page.locator('seen-passages').textContent(), /2 passages.*did not see/s);
  assert.equal(await page.locator('.peek').count(), 0, 'no sentence is quoted for it');
  await page.close();
});

/** What the gallery's page saw of the card. */
const log = (page) => page.evaluate(() => globalThis.log);
const hasCard = (page) => page.evaluate(() => document.querySelector('sotto-card') !== null);

test('card: Esc leaves no trace and gives the focus back', async () => {
  const page = await gallery.open('card', 'diff');
  const before = await page.evaluate(() => globalThis.pageBefore);
  await page.keyboard.press('Escape');
  assert.equal(await hasCard(page), false);
  assert.equal(await page.evaluate(() => document.documentElement.outerHTML), before);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'field');
  assert.deepEqual(await log(page), { applied: [], closed: 1 });
  await page.close();
});

test('card: Ctrl+Enter applies, wherever the focus is', async () => {
  for (const focus of ['card', 'field']) {
    const page = await gallery.open('card', 'diff');
    if (focus === 'field') await page.evaluate(() => document.getElementById('field').focus());
    await page.keyboard.press('Control+Enter');
    await page.waitForFunction(() => globalThis.log.closed === 1);
    assert.deepEqual((await log(page)).applied, [
      'Could you please send me the reports by Friday? We need them soon, or the meeting on 3 March will not take place.',
    ]);
    await page.close();
  }
});

test('card: what lost a number is applied only when asked twice', async () => {
  const page = await gallery.open('card', 'flags');
  await page.keyboard.press('Control+Enter');
  assert.deepEqual((await log(page)).applied, []);
  await page.locator('sotto-card [data-action=replace]', { hasText: 'Replace anyway' }).click();
  await page.waitForFunction(() => globalThis.log.closed === 1);
  assert.equal((await log(page)).applied.length, 1);
  await page.close();
});

test('card: the original shows while Alt is held', async () => {
  const page = await gallery.open('card', 'diff');
  const text = page.locator('sotto-card .text');
  assert.equal(await text.locator('del').count(), 5);
  await page.keyboard.down('Alt');
  assert.equal(await text.textContent(), await page.locator('#field').inputValue());
  await page.keyboard.up('Alt');
  assert.equal(await text.locator('del').count(), 5);
  await page.close();
});

test('card: Insert below keeps the original', async () => {
  const page = await gallery.open('card', 'diff');
  const original = await page.locator('#field').inputValue();
  await page.locator('sotto-card [data-action=insert-below]').click();
  await page.waitForFunction(() => globalThis.log.closed === 1);
  assert.ok((await log(page)).applied[0].startsWith(`${original}\n\nCould you`));
  await page.close();
});

test('card: where nothing can be replaced there is only Copy', async () => {
  const page = await gallery.open('card', 'copy-only');
  assert.equal(await page.locator('sotto-card [data-action=replace]').count(), 0);
  await page.keyboard.press('Control+Enter');
  assert.deepEqual(await log(page), { applied: [], closed: 0 });
  await page.close();
});

test('card: another tone starts again, and the page hears nothing of it', async () => {
  const page = await gallery.open('card', 'diff');
  await page.evaluate(() => {
    globalThis.heard = [];
    for (const type of ['click', 'change', 'keydown', 'pointerdown', 'focusin']) {
      document.addEventListener(type, () => globalThis.heard.push(type));
    }
  });
  await page.locator('sotto-card input[value=shorter]').check();
  assert.equal(await page.locator('sotto-card input[value=shorter]').isChecked(), true);
  assert.deepEqual(await page.evaluate(() => globalThis.jobs().map((job) => job.tone)), ['more-formal', 'shorter']);
  assert.deepEqual(await page.evaluate(() => globalThis.heard), []);
  await page.close();
});

/** What the page hears, first of all in the document, before the card can. */
async function hearing(page) {
  await page.evaluate(() => {
    globalThis.heard = [];
    for (const type of ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'paste', 'click', 'change']) {
      for (const capture of [true, false]) document.addEventListener(type, ({ type }) => globalThis.heard.push(type), { capture });
    }
  });
  return () => page.evaluate(() => globalThis.heard);
}

test("card: one's own instruction is asked for, runs with Enter, and the page hears nothing of what is typed", async () => {
  const page = await gallery.open('card', 'own');
  const heard = await hearing(page);
  const jobs = () => page.evaluate(() => globalThis.jobs().map(({ tone, instruction, attempt }) => [tone, instruction, attempt]));
  assert.deepEqual(await jobs(), [], 'nothing runs before it is known');
  assert.equal(await page.locator('sotto-card .foot').isVisible(), false);
  await page.keyboard.press('Enter');
  assert.deepEqual(await jobs(), [], 'nor without a word');
  await page.keyboard.type('  As a pirate,');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('please ');
  await page.keyboard.press('Enter');
  assert.deepEqual(await jobs(), [['own', 'As a pirate,\nplease', 0]]);
  assert.deepEqual(await heard(), []);
  const box = page.locator('sotto-card textarea');
  assert.equal(await box.inputValue(), '  As a pirate,\nplease ', 'it is there to be changed');
  assert.equal(await page.evaluate(() => document.querySelector('sotto-card').shadowRoot.activeElement.localName), 'textarea');
  await page.locator('sotto-card [data-action=again]').click();
  assert.deepEqual((await jobs()).at(-1), ['own', 'As a pirate,\nplease', 1]);
  await box.focus();
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() => globalThis.log.closed === 1);
  assert.equal((await log(page)).applied.length, 1);
  await page.close();
});

test('card: the arrow keys pass over one\'s own instruction; a click goes into its box; another tone puts it away', async () => {
  const page = await gallery.open('card', 'diff');
  const focused = () => page.evaluate(() => document.querySelector('sotto-card').shadowRoot.activeElement?.value ?? null);
  const box = page.locator('sotto-card textarea');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await focused(), 'own');
  assert.equal(await box.isVisible(), true);
  assert.equal(await page.locator('sotto-card .body').isVisible(), false, 'what was written before is another choice\'s');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), '', 'the box comes next');
  await page.locator('sotto-card input[value=shorter]').check();
  assert.equal(await box.isVisible(), false);
  await page.locator('sotto-card input[value=own]').click();
  assert.equal(await focused(), '');
  await page.close();
});

test("card: one's own instruction is saved under a name, and is a choice from then on", async () => {
  const page = await gallery.open('card', 'own-done');
  const heard = await hearing(page);
  await page.locator('sotto-card [data-action=own-name]').click();
  assert.equal(await page.locator('sotto-card [data-action=own-save]').isDisabled(), true);
  await page.keyboard.press('Enter');
  await page.keyboard.type(' Pirate ');
  assert.deepEqual(await heard(), ['click']);
  await page.keyboard.press('Enter');
  const choice = page.locator('sotto-card label', { hasText: 'Pirate' });
  await choice.waitFor();
  assert.equal(await choice.locator('input').isChecked(), true);
  assert.deepEqual(await page.evaluate(() => globalThis.saved), [{ id: '0', name: 'Pirate', instruction: 'As a pirate would say it' }]);
  assert.equal(await page.evaluate(() => document.querySelector('sotto-card').shadowRoot.activeElement.value), 'saved');
  assert.equal(await page.locator('sotto-card textarea').isVisible(), false);
  assert.equal(await page.evaluate(() => globalThis.jobs().length), 1, 'what is shown is of the same instruction');
  await page.locator('sotto-card input[value=shorter]').check();
  await choice.click();
  assert.deepEqual(await page.evaluate(() => globalThis.jobs().at(-1).instruction), 'As a pirate would say it');
  await page.close();
  const untried = await gallery.open('card', 'own-naming');
  await untried.locator('sotto-card #own-name').press('Enter');
  await untried.waitForFunction(() => globalThis.jobs().length === 1);
  await untried.close();
});

test('card: where no more can be saved it says so, and in private windows it does not offer to', async () => {
  const page = await gallery.open('card', 'own-full');
  assert.match(await page.locator('sotto-card .own [role=status]').textContent(), /At most 20/);
  assert.equal(await page.locator('sotto-card #own-name').inputValue(), 'Pirate');
  await page.close();
  const other = await gallery.open('card', 'own-private');
  assert.equal(await other.locator('sotto-card [data-action=own-run]').isVisible(), true);
  assert.equal(await other.locator('sotto-card [data-action=own-name]').isVisible(), false);
  await other.close();
});

test('card: the arrow keys are the box\'s own where text is typed, though corrections are shown', async () => {
  const page = await gallery.open('card', 'corrections');
  const active = () => page.evaluate(() => document.querySelector('sotto-card').shadowRoot.activeElement?.dataset.correction ?? null);
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), '0');
  await page.locator('sotto-card input[value=own]').click();
  await page.keyboard.type('Fix it');
  await page.keyboard.press('Enter');
  await page.locator('sotto-card [data-correction="0"]').waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal(await active(), null);
  await page.close();
});
