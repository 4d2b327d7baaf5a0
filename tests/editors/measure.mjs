// One editor, driven as a person would: a click into it, the shortcut, the card's Replace, Ctrl+Z, typing. What is seen of it
// is what the card read and what the editor's own model holds.

import { isDeepStrictEqual } from 'node:util';
import { until } from '../e2e/browser.mjs';
import { canonical, CASES, plainText, rewritten, textToRewrite, unformatted } from './documents.mjs';

/** What is measured, in the order of the matrix's columns. */
export const ASPECTS = ['read', 'replace', 'model', 'formats', 'undo', 'typing'];

const TYPED = '§';
/** Longer than any editor takes, on a busy machine too; waited for in vain only where an answer is no. */
const PATIENCE_MS = 4_000;

/**
 * Rewrites the case `name` in one editor. `aspects`: whether each holds, or null where the editor does not know it;
 * `unharmed`: whether the editor's model holds what it held or what it should, and nothing else.
 *
 * @returns {Promise<{ aspects: Record<string, boolean | null>, unharmed: boolean }>}
 */
export async function measure(sotto, page, origin, engine, name) {
  const asHeld = (document) => canonical(engine.formats ? document : unformatted(plainText(document)));
  const given = CASES[name];
  const before = asHeld(given.document);
  const after = asHeld(rewritten(given));
  const model = async () => canonical(await page.evaluate(() => globalThis.model()));
  const holds = async (document) => isDeepStrictEqual(await model(), document);

  await page.goto(`${origin}/${engine.folder}/?case=${name}`);
  await page.waitForFunction(() => globalThis.model);
  const field = (engine.frame ? page.frameLocator(engine.frame) : page).locator(engine.field).first();
  if (!(await soon(() => holds(before)))) throw new Error(`does not hold the document: ${JSON.stringify(await model())}`);

  const card = await openCard();
  if (!card) return { aspects: none(), unharmed: await holds(before) };
  const read = (await card.original()).trim() === textToRewrite(given).trim();
  if (!(await card.replace())) {
    const unharmed = await soon(() => holds(before));
    await page.keyboard.press('Escape');
    return { aspects: { ...none(), read }, unharmed };
  }
  const taken = await soon(async () => plainText(await model()) === plainText(after));
  const formatted = await holds(after);
  await page.keyboard.press('Control+z');
  const undo = await soon(() => holds(before));
  const aspects = { read, replace: true, model: taken, formats: engine.formats ? formatted : null, undo, typing: await goesOn() };
  return { aspects, unharmed: formatted && undo };

  function none() {
    return { read: false, replace: false, model: false, formats: engine.formats ? false : null, undo: false, typing: false };
  }

  /** Whether a second rewrite and a letter typed after it both arrive. */
  async function goesOn() {
    const card = await openCard();
    if (!card || !(await card.replace())) return false;
    await page.keyboard.type(TYPED);
    return soon(async () => {
      const text = plainText(await model());
      return text.split(TYPED).length === 2 && text.replace(TYPED, '') === plainText(after);
    });
  }

  /** Clicks into the field, selects what is to be selected, and opens the card by the shortcut, which finds the frame with the keyboard. Null where Sotto refuses. */
  async function openCard() {
    await field.click();
    if (given.selected) {
      await page.keyboard.press('End');
      for (const _ of given.selected) await page.keyboard.press('Shift+ArrowLeft');
    } else if (engine.selectAll) {
      await page.keyboard.press('Control+a');
    }
    const worker = await sotto.worker();
    await worker.evaluate(async () => {
      const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
      chrome.commands.onCommand.dispatch('rewrite', tab);
    });
    if (!(await soon(() => sotto.hasCard(page)))) return null;
    const card = await sotto.card(page);
    await until('the rewrite', () => card.evaluate((root) => root.querySelector('[data-action=again]').hidden === false));
    return { original: () => card.evaluate(originalShown), replace: () => replaced(card) };
  }

  /** Presses Replace, if there is such a button. The card closes once the text is in, and stays with what it has to say if not. */
  async function replaced(card) {
    const pressed = await card.evaluate((root) => {
      const replace = root.querySelector('[data-action=replace]');
      replace?.click();
      return replace !== null;
    });
    if (!pressed) return false;
    const answer = () => card.evaluate((root) => (root.host.isConnected ? root.querySelector('.note.danger') && 'failed' : 'applied'));
    return (await until('the card to tell', answer)) === 'applied';
  }
}

/** In the card: the original as it shows it. */
function originalShown(root) {
  const shown = root.querySelector('.text').cloneNode(true);
  for (const added of shown.querySelectorAll('ins, .unseen')) added.remove();
  return shown.textContent;
}

/** Whether it comes true while one may still wait for it. */
async function soon(probe) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await probe())) {
    if (Date.now() > end) return false;
    await new Promise((done) => setTimeout(done, 25));
  }
  return true;
}
