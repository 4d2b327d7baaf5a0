// Rewriting in the field, with a double in the engine's place that says "would like" for "wants" and finds a few mistakes: what is
// read, how it is put back, and what is left alone; corrections one by one, and one's own instruction.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { buildWithDouble, E2E, launch, serve, strings, until } from './browser.mjs';

let dist;
let site;
let sotto;
let panel;
let page;
const words = await strings();

before(async () => {
  dist = await buildWithDouble();
  site = await serve(join(E2E, 'pages'));
  sotto = await launch({ dist });
  page = await sotto.open(`${site.origin}/fields.html`);
  await sotto.clickToolbar(page);
  panel = await sotto.panel();
});

beforeEach(async () => {
  // The grant survives a reload of the same page.
  await page.goto(`${site.origin}/fields.html`);
});

after(async () => {
  await sotto?.close();
  site?.close();
  if (dist) await rm(dist, { recursive: true });
});

/** The frame of the tab whose address is `url`, as the extension numbers them. */
async function frameId(url) {
  const worker = await sotto.worker();
  return worker.evaluate(async (url) => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const frames = await chrome.scripting.executeScript({
      target: { tabId: tab.id, allFrames: true },
      func: () => location.href,
    });
    return frames.find(({ result }) => result === url).frameId;
  }, url);
}

/** A frame of the tab that is there and must not be read: it is not listed, but Chrome's refusal tells it from none. */
async function forbiddenFrame() {
  const worker = await sotto.worker();
  const found = await worker.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    for (let frameId = 1; frameId < 2000; frameId++) {
      try {
        await chrome.scripting.executeScript({ target: { tabId: tab.id, frameIds: [frameId] }, func: () => {} });
      } catch (error) {
        if (!/No frame with id/.test(error.message)) return frameId;
      }
    }
    return null;
  });
  assert.ok(found, 'there is such a frame');
  return found;
}

/** Opens the card by the menu and waits until the rewrite is there. */
async function openCard(info = { editable: true }, entry = 'toneMoreFormal') {
  await sotto.chooseMenu(entry, info);
  const card = await sotto.card(page);
  await until('the rewrite', () => card.evaluate((root) => root.querySelector('[data-action=again]').hidden === false));
  return card;
}

const click = (card, action) => card.evaluate((root, action) => root.querySelector(`[data-action="${action}"]`).click(), action);
/** Replaces, and waits until the card says why that was not done. */
async function replaceFails(card, said = words.cardApplyFailed) {
  await click(card, 'replace');
  await until('the card to say so', async () => (await text(card)).includes(said));
}

/** In the page: what a field holds. */
const held = (element) => element.value ?? element.innerText;
const text = (card) => card.evaluate((root) => root.textContent);
/** The new wording: what is shown without what goes. */
const rewrite = (card) =>
  card.evaluate((root) => {
    const shown = root.querySelector('.text').cloneNode(true);
    for (const gone of shown.querySelectorAll('del, .unseen')) gone.remove();
    return shown.textContent;
  });

/** Waits until the panel shows a failure with this sentence that it did not show when `act` began. */
async function panelSaysAfter(act, sentence) {
  await panel.evaluate(() => document.querySelectorAll('failure-entry').forEach((entry) => (entry.dataset.old = '')));
  await act();
  const isNew = (sentence) =>
    [...document.querySelectorAll('failure-entry:not([data-old])')].some((entry) => entry.innerText.includes(sentence));
  await until(`the panel to say “${sentence}”`, () => panel.evaluate(isNew, [sentence]));
}

const CASES = [
  { id: 'textarea', after: 'He would like tea. 👩‍🚀 She would like coffee.\nAnd a second line.' },
  { id: 'input', after: 'She would like tea today' },
  { id: 'search', after: 'who would like tea' },
  { id: 'controlled', after: 'It would like control' },
  { id: 'deep', after: 'It would like depth' },
];

for (const { id, after } of CASES) {
  test(`#${id}: Replace puts the rewrite in, and one Ctrl+Z takes it out`, async () => {
    const field = page.locator(`#${id}`);
    const before = await field.inputValue();
    await field.focus();
    await click(await openCard(), 'replace');
    await until('the rewrite in the field', async () => (await field.inputValue()) === after);
    await until('the card to close', async () => !(await sotto.hasCard(page)));
    await page.keyboard.press('Control+z');
    assert.equal(await field.inputValue(), before);
    if (id === 'controlled') {
      assert.deepEqual(await page.evaluate(() => [state, inputs]), [before, ['insertText', 'historyUndo']]);
    }
  });
}

test('contenteditable: only the changed words are replaced, formatting around them stays, one Ctrl+Z restores all', async () => {
  const field = page.locator('#editable');
  const before = await field.innerHTML();
  await field.focus();
  await click(await openCard(), 'replace');
  // Where a space would collapse, the editor itself puts one that does not.
  await until('the rewrite', async () => /He would like[ \u00a0]tea\./.test(await field.innerText()));
  assert.equal(await field.locator('p').count(), 2);
  assert.equal(await field.locator('b').innerText(), 'would like');
  await page.keyboard.press('Control+z');
  assert.equal(await field.innerHTML(), before);
});

test('contenteditable: blank lines, lists, breaks and formats between the changes stay, and one Ctrl+Z restores all', async () => {
  const field = page.locator('#structured');
  const before = await field.innerHTML();
  await field.focus();
  await click(await openCard(), 'replace');
  await until('the card to close', async () => !(await sotto.hasCard(page)));
  assert.equal((await field.innerHTML()).replaceAll('&nbsp;', ' '), before.replaceAll('wants', 'would like'));
  await page.keyboard.press('Control+z');
  assert.equal(await field.innerHTML(), before);
});

test('contenteditable: what would change blocks that stay is taken back', async () => {
  // Chromium pastes what follows a heading into the heading.
  const field = page.locator('#headed');
  const before = await field.innerHTML();
  await field.focus();
  const card = await openCard();
  await replaceFails(card);
  assert.equal(await field.innerHTML(), before);
});

/** Opens the card of a field's corrections. */
async function proofread(field) {
  await field.focus();
  return openCard({ editable: true }, 'toneProofread');
}

/** What the card says of the correction that has the focus. */
const correction = (card) =>
  card.evaluate((root) => {
    const at = root.activeElement;
    if (!at?.matches('.correction')) return null;
    return { word: at.querySelector('del').lastChild.textContent, accepted: at.ariaPressed === 'true', why: root.querySelector('.correction-line').textContent };
  });

test('corrections: the keys go from one to the next and back, with the reason for each; one with a flag is not suggested', async () => {
  const card = await proofread(page.locator('#misspelt'));
  const seen = [];
  const step = async (key) => {
    await page.keyboard.press(key);
    const at = await correction(card);
    seen.push([at.word, at.accepted]);
    return at.why;
  };
  assert.ok((await step('ArrowDown')).includes(words.reasonGrammar));
  assert.ok((await step('ArrowDown')).includes(words.reasonSpelling));
  assert.ok((await step('ArrowDown')).includes(words.correctionFlagged));
  assert.ok(!(await step('ArrowDown')).includes(words.correctionFlagged));
  await step('ArrowUp');
  await step('ArrowUp');
  await step('ArrowUp');
  await step('ArrowUp');
  assert.deepEqual(seen, [
    ['go', true], ['teh', true], ['42', false], ['dont', true],
    ['42', false], ['teh', true], ['go', true], ['teh', true],
  ]);
});

test('corrections: Replace makes those that are accepted, to the letter, and one Ctrl+Z takes all of them back', async () => {
  const field = page.locator('#misspelt');
  const before = await field.inputValue();
  const card = await proofread(field);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.deepEqual([(await correction(card)).word, (await correction(card)).accepted], ['teh', false]);
  await page.keyboard.press('Control+Enter');
  await until('the card to close', async () => !(await sotto.hasCard(page)));
  assert.equal(await field.inputValue(), "He will goes to teh shop with 42 bags.\nShe don't mind the rain.");
  await page.keyboard.press('Control+z');
  assert.equal(await field.inputValue(), before);
});

test('corrections in a contenteditable: one that was rejected and accepted again, one with a flag; the formats stay', async () => {
  const field = page.locator('#misspelt-rich');
  const before = await field.innerHTML();
  const card = await proofread(field);
  for (const key of ['ArrowDown', 'Enter', 'ArrowDown', 'Enter', 'Enter', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  assert.deepEqual([(await correction(card)).word, (await correction(card)).accepted], ['42', true]);
  await page.keyboard.press('Control+Enter');
  await until('the card to close', async () => !(await sotto.hasCard(page)));
  const after = "<p>He will go to <strong>the</strong> shop with 24 bags.</p><p>She don't mind the rain.</p>";
  assert.equal((await field.innerHTML()).replaceAll('&nbsp;', ' '), after);
  await page.keyboard.press('Control+z');
  assert.equal(await field.innerHTML(), before);
});

test('corrections: with all of them rejected there is nothing to replace', async () => {
  const field = page.locator('#misspelt');
  const before = await field.inputValue();
  const card = await proofread(field);
  // The third is not accepted to begin with.
  for (const isAccepted of [true, true, false, true, true]) {
    await page.keyboard.press('ArrowDown');
    if (isAccepted) await page.keyboard.press('Enter');
  }
  const shown = await card.evaluate((root) => [...root.querySelectorAll('ins')].filter((ins) => ins.checkVisibility()).length);
  assert.equal(shown, 0, 'what is shown is the text as it was');
  assert.equal(await card.evaluate((root) => root.querySelector('[data-action=replace]').disabled), true);
  await page.keyboard.press('Control+Enter');
  assert.equal(await sotto.hasCard(page), true);
  assert.equal(await field.inputValue(), before);
});

const savedRewrites = async () => {
  const worker = await sotto.worker();
  return worker.evaluate(async () => (await chrome.storage.local.get('savedRewrites')).savedRewrites ?? []);
};

test("one's own instruction is typed into the card, runs, and can be saved from there for the next time", async () => {
  const field = page.locator('#input');
  await field.focus();
  await sotto.chooseMenu('toneOwn', { editable: true });
  let card = await sotto.card(page);
  await until('the box', () => card.evaluate((root) => root.activeElement?.localName === 'textarea'));
  await page.keyboard.type('As a pirate');
  assert.equal(await field.inputValue(), 'She wants tea today', 'it is not typed into the field');
  await page.keyboard.press('Enter');
  await until('the rewrite', async () => (await rewrite(card)) === 'As a pirate: She wants tea today');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Pirate');
  await page.keyboard.press('Enter');
  const [saved, ...others] = await until('what is saved', async () => (await savedRewrites()).length > 0 && savedRewrites());
  assert.deepEqual([saved.name, saved.instruction, others], ['Pirate', 'As a pirate', []]);
  await until('the choice', () => card.evaluate((root) => root.activeElement?.value === 'saved' && root.activeElement.checked));
  await page.keyboard.press('Control+Enter');
  await until('the rewrite in the field', async () => (await field.inputValue()) === 'As a pirate: She wants tea today');

  await page.locator('#textarea').focus();
  card = await openCard();
  await card.evaluate((root) => root.querySelector('input[value=saved]').click());
  await until('the rewrite', async () => (await rewrite(card)).startsWith('As a pirate: He wants tea.'));
});

test('a content script reaches the settings by no other way than its card', async () => {
  await page.locator('#input').focus();
  await openCard();
  const { session, contextId } = await sotto.contentWorld(page);
  const before = await savedRewrites();
  const { result } = await session.send('Runtime.evaluate', {
    contextId,
    awaitPromise: true,
    returnByValue: true,
    expression: `Promise.race([
      chrome.runtime.sendMessage({ to: 'background', type: 'save-rewrite', name: 'x', instruction: 'y' }).catch((error) => error.message),
      new Promise((done) => setTimeout(() => done('no answer'), 500)),
    ])`,
  });
  assert.ok(!result.value?.reply, JSON.stringify(result));
  assert.deepEqual(await savedRewrites(), before);
});

test('a field in a frame of the same origin has its card there', async () => {
  const inner = page.frameLocator('#frame').locator('#inner');
  await inner.focus();
  await click(await openCard({ editable: true, frameId: await frameId('about:srcdoc') }), 'replace');
  await until('the rewrite', async () => (await inner.inputValue()) === 'It would like a frame');
});

test('a selection in a frame of another origin: the top frame shows a card that only copies', async () => {
  const elsewhere = await serve(join(E2E, 'pages'));
  try {
    await page.evaluate((src) => {
      const frame = document.createElement('iframe');
      frame.src = src;
      document.body.append(frame);
      return new Promise((done) => (frame.onload = done));
    }, `${elsewhere.origin}/short.html`);
    const card = await openCard({ frameId: await forbiddenFrame(), selectionText: 'He wants to be read.' });
    assert.equal(await rewrite(card), 'He would like to be read.');
    assert.ok((await text(card)).includes(words.cardCopyOnly));
  } finally {
    elsewhere.close();
  }
});

test('only the selected part is rewritten', async () => {
  const field = page.locator('#textarea');
  await field.evaluate((element) => {
    element.focus();
    const start = element.value.indexOf('She wants');
    element.setSelectionRange(start, start + 'She wants coffee.'.length);
  });
  await click(await openCard({ editable: true, selectionText: 'She wants coffee.' }), 'replace');
  await until('the rewrite', async () => (await field.inputValue()).includes('She would like coffee.'));
  assert.ok((await field.inputValue()).startsWith('He wants tea.'));
});

test('text that cannot be edited has a card that only copies', async () => {
  await page.evaluate(() => getSelection().selectAllChildren(document.getElementById('plain')));
  const card = await openCard({ editable: false, selectionText: 'He wants to read this paragraph.' });
  assert.ok((await text(card)).includes(words.cardCopyOnly));
  assert.equal(await card.evaluate((root) => root.querySelector('[data-action=replace]')), null);
  assert.equal(await page.locator('#plain').innerText(), 'He wants to read this paragraph.');
});

const NEVER_TOUCHED = [
  ...['password', 'otp', 'card', 'named', 'shown', 'masked', 'mail', 'security-code', 'cvc', 'code', 'new-secret', 'note'],
  ...['readonly', 'readonly-area', 'aria-readonly', 'aria-disabled'],
  ...['transparent', 'tiny', 'beyond', 'cut-off'],
];
for (const id of NEVER_TOUCHED) {
  test(`#${id} is refused: no card, and the panel says why`, async () => {
    const field = page.locator(`#${id}`);
    const before = await field.evaluate(held);
    await field.focus();
    assert.equal(await page.evaluate(() => document.activeElement.id), id);
    await panelSaysAfter(() => sotto.chooseMenu('toneShorter', { editable: true }), words.errorFieldProtected);
    assert.equal(await sotto.hasCard(page), false);
    assert.equal(await field.evaluate(held), before);
  });
}

for (const id of ['hidden', 'disabled']) {
  test(`#${id} cannot have the focus, and is not read`, async () => {
    const field = page.locator(`#${id}`);
    await field.evaluate((element) => element.focus());
    await panelSaysAfter(() => sotto.chooseMenu('toneShorter', { editable: true }), words.errorEmptySelection);
    assert.equal(await sotto.hasCard(page), false);
    assert.equal(await field.evaluate(held), 'he wants tea');
  });
}

const BECOMES = {
  'a password': (element) => (element.type = 'password'),
  'read-only': (element) => (element.readOnly = true),
  disabled: (element) => (element.disabled = true),
  hidden: (element) => (element.style.opacity = '0'),
};
for (const [what, become] of Object.entries(BECOMES)) {
  test(`a field that became ${what} while the model wrote is left alone`, async () => {
    const field = page.locator('#input');
    await field.focus();
    const card = await openCard();
    await field.evaluate(become);
    await click(card, 'replace');
    await until('the card to say so', async () => (await text(card)).includes(words.cardApplyFailed));
    assert.equal(await field.evaluate(held), 'She wants tea today');
  });
}

test('what is no text is not overwritten: a picture between two changes stays, and the card says so', async () => {
  const field = page.locator('#pictured');
  const before = await field.innerHTML();
  await field.focus();
  const card = await openCard();
  await replaceFails(card);
  assert.equal(await field.innerHTML(), before);
});

test('a field that holds something else and cannot be put back: the card says so, and has the text that was there', async () => {
  const field = page.locator('#stubborn');
  await field.focus();
  const card = await openCard();
  await replaceFails(card, words.cardApplyHarmed);
  await click(card, 'copy-original');
  await until('the copy', async () => (await text(card)).includes(words.copied));
  const elsewhere = page.locator('#blank');
  await elsewhere.fill('');
  await page.keyboard.press('Control+v');
  assert.equal(await elsewhere.inputValue(), 'He wants tea.');
});

test('a page that swallows what is pasted keeps its text, and the card says so', async () => {
  const field = page.locator('#guarded');
  await field.focus();
  const card = await openCard();
  await replaceFails(card);
  assert.equal(await field.innerText(), 'He wants tea.');
});

test('an empty field is refused', async () => {
  await page.locator('#blank').focus();
  await panelSaysAfter(() => sotto.chooseMenu('toneShorter', { editable: true }), words.errorEmptySelection);
  assert.equal(await sotto.hasCard(page), false);
});

test('a field that vanished while the model wrote: the card says so and keeps the text', async () => {
  await page.locator('#input').focus();
  const card = await openCard();
  await page.locator('#input').evaluate((element) => element.remove());
  await replaceFails(card);
  assert.ok((await text(card)).includes('would like'));
});

test('a field that was changed meanwhile keeps what it holds now', async () => {
  const field = page.locator('#input');
  await field.focus();
  const card = await openCard();
  await field.evaluate((element) => (element.value = 'something else'));
  await replaceFails(card);
  assert.equal(await field.inputValue(), 'something else');
});

test('a field that does not take the whole text is put back as it was', async () => {
  const field = page.locator('#short');
  await field.focus();
  const card = await openCard();
  await replaceFails(card);
  assert.equal(await field.inputValue(), 'who wants tea?');
});

test('Esc leaves no trace', async () => {
  const field = page.locator('#input');
  await field.focus();
  await openCard();
  await page.keyboard.press('Escape');
  await until('the card to close', async () => !(await sotto.hasCard(page)));
  assert.equal(await field.inputValue(), 'She wants tea today');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'input');
  assert.equal(await page.evaluate(() => document.querySelector('sotto-card')), null);
});
