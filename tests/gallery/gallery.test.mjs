// Every state of panel and card: nothing that axe finds wrong in light and dark, nothing wider than the window, and the
// keys of the card.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { openGallery, PAGES } from './gallery.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

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

for (const surface of Object.keys(PAGES)) {
  test(`${surface}: axe and widths`, async (t) => {
    for (const state of await gallery.states(surface)) {
      await t.test(state, async () => {
        const page = await gallery.open(surface, state, { reducedMotion: 'reduce' });
        await page.addScriptTag({ path: AXE });
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme });
          assert.deepEqual(await violations(page, surface), [], colorScheme);
        }
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 600 });
          await page.waitForTimeout(50);
          assert.ok((await overflow(page, surface)) <= 1, `sticks out at ${width} px`);
        }
        await page.close();
      });
    }
  });
}

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
