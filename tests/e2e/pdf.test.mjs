// PDFs in the browser's viewer: read again from the tab's own address and nowhere else, with the number of the page behind every
// sentence. With a double in the engine's place.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildWithDouble, launch, serve, strings, until } from './browser.mjs';
import { places } from './netlog.mjs';
import { Panel } from './panel.mjs';
import { pdf } from './pdf-file.mjs';

/** A name that is not this machine's in the browser's eyes, so that its log tells of every request to it. */
const HOST = 'papers.example';
const TIDES = [
  ['The moon pulls at the sea, and the sea', 'comes to meet it. Twice a day the har-', 'bour fills.'],
  ['At the quay of Port Lessing the water', 'rises by five metres.'],
  ['The keeper writes down every height.'],
];

const words = await strings();
let folder;
let dist;
let site;
let sotto;
let panel;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-pdf-'));
  await writeFile(join(folder, 'tides.pdf'), pdf(TIDES));
  await writeFile(join(folder, 'locked.pdf'), pdf(TIDES, { locked: true }));
  await writeFile(join(folder, 'scan.pdf'), pdf([[], []]));
  await writeFile(join(folder, 'damaged.pdf'), '%PDF-1.4\nnothing of the kind');
  dist = await buildWithDouble();
  site = await serve(folder);
  const flags = [`--host-resolver-rules=MAP ${HOST} ${new URL(site.origin).host}`];
  sotto = await launch({ dist, netlog: join(folder, 'net.json'), flags });
  const page = await sotto.open(`http://${HOST}/tides.pdf`);
  await sotto.clickToolbar(page);
  panel = new Panel(await sotto.panel());
});

after(async () => {
  await sotto?.close();
  site?.close();
  if (dist) await rm(dist, { recursive: true });
  if (folder) await rm(folder, { recursive: true });
});

/** What the panel is answered when it reads the page in front. */
async function readPage() {
  const { reply } = await panel.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
    return chrome.runtime.sendMessage({ to: 'background', type: 'read-page', tabId: tab.id });
  });
  return reply;
}

test('the text of a PDF comes in paragraphs, with where each page begins', async () => {
  const read = await readPage();
  assert.ok(read.ok, JSON.stringify(read));
  const { url, source, pageStarts } = read.value;
  const pages = [
    'The moon pulls at the sea, and the sea comes to meet it. Twice a day the harbour fills.',
    'At the quay of Port Lessing the water rises by five metres.',
    'The keeper writes down every height.',
  ];
  assert.equal(url, `http://${HOST}/tides.pdf`);
  assert.equal(source.text, pages.join('\n\n'));
  assert.equal(source.title, 'tides.pdf');
  assert.deepEqual(pageStarts, pages.map((page) => source.text.indexOf(page)));
});

test('a summary of a PDF tells on which page a sentence is supported', async () => {
  const { end, text, sentences } = await panel.follow(() => sotto.chooseMenu('menuSummarizePage'));
  assert.equal(end.type, 'done', JSON.stringify(end));
  assert.match(text, /^Summary of 18\d units/);
  const quote = await panel.chooseSentence(sentences[0].start);
  assert.equal(quote, 'The keeper writes down every height.');
  const heading = await panel.evaluate(() => document.querySelector('.peek-heading').textContent);
  assert.equal(heading, words.passageOnPage.replace('$NUMBER$', '3'));
});

for (const [file, code] of [
  ['locked', 'pdf-locked'],
  ['scan', 'pdf-without-text'],
  ['damaged', 'pdf-unreadable'],
]) {
  test(`a PDF that is ${file}: ${code}`, async () => {
    await sotto.open(`http://${HOST}/${file}.pdf`);
    assert.equal((await readPage()).failure?.code, code);
  });
}

test('the panel says what to do about a PDF without text', async () => {
  await sotto.open(`http://${HOST}/scan.pdf`);
  await sotto.chooseMenu('menuSummarizePage');
  await until('the sentence', async () => (await panel.text()).includes(words.errorPdfWithoutText));
});

test('a PDF from the disk: file-forbidden', async () => {
  const page = await sotto.open(pathToFileURL(join(folder, 'tides.pdf')).href);
  await sotto.clickToolbar(page);
  assert.equal((await readPage()).failure?.code, 'file-forbidden');
});

// The last: the log is whole when the browser has closed.
test('all the while nothing was asked for but the addresses that the tab has shown', async () => {
  await sotto.close();
  sotto = null;
  const shown = ['tides', 'locked', 'scan', 'damaged'].map((file) => `http://${HOST}/${file}.pdf`);
  // The browser asks for the picture of a tab by itself.
  const log = join(folder, 'net.json');
  const { outside } = await places(log, [...shown, `http://${HOST}/favicon.ico`]);
  assert.deepEqual(outside, []);
  // A log that tells of nothing proves nothing: without the exception these very addresses are outside.
  const all = await places(log);
  for (const url of shown) assert.ok(all.outside.some((place) => place.endsWith(` ${url}`)), `${url} is not in the log`);
});
