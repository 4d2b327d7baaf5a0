// Models in a real Chromium, with the real engine and the real file system, from a server on loopback: first run, download,
// resumption, import, switch, delete. A minute, with tiny models: half of it is the software adapter's, which loads eight times.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { E2E, EXTENSION_ORIGIN, launch, profileWith, ROOT, serve, strings, until } from './browser.mjs';
import { digest, serveModels, splitModel, tinyModel } from './model-server.mjs';
import { Panel } from './panel.mjs';

/** The engine under test. */
const DIST = process.env.SOTTO_DIST ?? join(ROOT, 'dist/chrome');
const PATIENCE = { timeout: 60_000 };
const words = await strings();
/** What stands before the first placeholder of a string. */
const start = (key) => words[key].split('$')[0];

const alpha = await tinyModel('Alpha');
const beta = await tinyModel('Beta');
const gamma = await tinyModel('Gamma');
const corrupted = Buffer.from(gamma);
corrupted[corrupted.length - 100] ^= 1;

let server;
let folder;
let dist;
let profile;
let site;
let sotto;
let panel;
let settings;

function offer(id, bytes, sha256 = digest(bytes)) {
  const licence = { name: 'Apache-2.0', link: 'https://www.apache.org/licenses/LICENSE-2.0' };
  const needs = { weightBytes: bytes.length, cacheBytes: 1e6, scratchBytes: 1e6, largestBindingBytes: 1e5 };
  const about = { licence, parameters: 1e5, quantisation: 'F16', contextTokens: 2048, needs };
  return { id, name: id, address: `${server.origin}/${id}.gguf`, bytes: bytes.length, sha256, ...about };
}

before(async () => {
  const files = { alpha, beta, gamma, corrupted, longer: Buffer.concat([gamma, Buffer.from('x')]) };
  server = await serveModels(new Map(Object.entries(files).map(([name, bytes]) => [`${name}.gguf`, bytes])));
  folder = await mkdtemp(join(tmpdir(), 'sotto-models-'));
  dist = join(folder, 'dist');
  const catalogue = {
    hosts: [server.origin],
    packaged: JSON.parse(await readFile(join(ROOT, 'extension/models/catalogue.json'), 'utf8')).packaged,
    models: [
      offer('alpha', alpha),
      offer('beta', beta),
      offer('gamma', gamma),
      offer('corrupted', gamma),
      offer('longer', gamma),
      offer('absent', gamma),
    ],
  };
  await writeFile(join(folder, 'catalogue.json'), JSON.stringify(catalogue));
  const args = [join(ROOT, 'extension/build.mjs'), '--out', dist, '--catalogue', join(folder, 'catalogue.json')];
  await promisify(execFile)(process.execPath, args);
  await cp(join(DIST, 'engine'), join(dist, 'engine'), { recursive: true });
  profile = await profileWith(dist);
  site = await serve(join(E2E, 'pages'));
  await open();
});

after(async () => {
  await sotto?.close();
  site?.close();
  server?.close();
  for (const path of [folder, profile]) if (path) await rm(path, { recursive: true });
});

/** Starts the browser and opens the panel. */
async function open() {
  sotto = await launch({ dist, profile });
  await sotto.clickToolbar(await sotto.open(`${site.origin}/short.html`));
  panel = new Panel(await sotto.panel());
}

async function openSettings() {
  settings = await sotto.context.newPage();
  await settings.goto(`${EXTENSION_ORIGIN}/options/index.html`);
  await settings.locator('model-manager dt').first().waitFor();
}

/** The row of a model that is there, is offered, or is on its way. */
function row(name) {
  return settings.locator('.models li', { has: settings.getByRole('heading', { name, exact: false }) });
}

const press = (name, words) => row(name).getByRole('button', { name: words }).click();
const gone = (name) => row(name).waitFor({ state: 'detached' });

async function says(name, text) {
  await row(name).getByText(text).waitFor({ timeout: 20_000 });
}

/** Waits until the engine has loaded the model that is called `name` in its own file. */
async function answersWith(name) {
  await until(`the engine to load ${name}`, async () => {
    const state = await panel.engineMessage(['ready', 'failed']);
    return state.state === 'ready' && state.model.name.trim() === name;
  });
}

/** What lies in the folder of models. */
function stored() {
  return panel.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('models', { create: true });
    const names = [];
    for await (const [name, handle] of folder.entries()) {
      // It may be deleted meanwhile.
      const file = name.endsWith('.gguf') && (await handle.getFile().catch(() => null));
      names.push(file ? `${name} ${file.size}` : name);
    }
    return names.sort();
  });
}

const whole = (...ids) => ids.flatMap((id) => [`${id}.gguf ${alpha.length}`, `${id}.json`]).sort();
const ranges = (id) => server.asked.filter(({ name }) => name === `${id}.gguf`).map(({ range }) => range);

test('without a model the panel says what fits and what it costs, and fetches nothing', PATIENCE, async () => {
  const text = () => panel.evaluate(() => document.querySelector('first-run')?.innerText ?? '');
  await until('the offers', async () => (await text()).includes(start('modelsDownload')));
  const shown = await text();
  for (const what of [words.firstRunIntro, 'swiftshader', 'Apache-2.0', start('modelsFits'), new URL(server.origin).host]) {
    assert.ok(shown.includes(what), `${what} is not in:\n${shown}`);
  }
  assert.deepEqual(server.asked, []);
});

test('one button downloads it, and it answers', PATIENCE, async () => {
  await panel.evaluate(() => document.querySelector('first-run .models button').click());
  await answersWith('Alpha');
  assert.deepEqual(ranges('alpha'), [null]);
  assert.deepEqual(await stored(), whole('alpha'));
  await panel.ask('Who?');
  await until('an answer', () => panel.evaluate(() => document.querySelector('.answer-text')?.textContent));
});

for (const percent of [0, 50, 99]) {
  test(`a download that is cut at ${percent}% goes on by itself`, PATIENCE, async () => {
    if (percent === 0) await openSettings();
    server.asked.length = 0;
    const cut = Math.floor((beta.length * percent) / 100);
    server.misbehave('beta.gguf', { cut });
    await press('beta', start('modelsDownload'));
    await row('beta').getByRole('button', { name: words.modelsDelete }).waitFor();
    assert.deepEqual(ranges('beta'), [null, cut === 0 ? null : `bytes=${cut}-`]);
    assert.deepEqual(await stored(), whole('alpha', 'beta'));
    if (percent === 99) return;
    await press('beta', words.modelsDelete);
    await row('beta').getByRole('button', { name: start('modelsDownload') }).waitFor();
    assert.deepEqual(await stored(), whole('alpha'));
  });
}

test('another model is used at one click, and the first one again', PATIENCE, async () => {
  await press('beta', words.modelsUse);
  await answersWith('Beta');
  await says('beta', words.modelsInUse);
  await panel.ask('And who are you?');
  // The settings are in the tab in front, which has a thread of its own.
  await until('an answer', () => panel.evaluate(() => document.querySelector('.answer-text')?.textContent));
  await press('alpha', words.modelsUse);
  await answersWith('Alpha');
});

test('how fast it is here, is told', PATIENCE, async () => {
  await settings.getByRole('button', { name: words.optionsSpeed }).click();
  const pattern = new RegExp(words.optionsSpeedResult.replace(/\$\w+\$/g, '[\\d.,]+'));
  await settings.getByText(pattern).waitFor({ timeout: 50_000 });
});

for (const [id, code, what] of [
  ['corrupted', 'errorDownloadWrong', 'a corrupted byte'],
  ['longer', 'errorDownloadWrong', 'a wrong length'],
  ['absent', 'errorDownloadMissing', 'a file that is not there'],
]) {
  test(`${what} is told, and leaves nothing`, PATIENCE, async () => {
    await press(id, start('modelsDownload'));
    await says(id, words[code]);
    assert.deepEqual(await stored(), whole('alpha', 'beta'));
    await press(id, words.dismiss);
  });
}

test('a server without ranges sends it again', PATIENCE, async () => {
  server.rangeless.add('gamma.gguf');
  server.misbehave('gamma.gguf', { cut: 100_000 });
  await press('gamma', start('modelsDownload'));
  await row('gamma').getByRole('button', { name: words.modelsDelete }).waitFor();
  assert.deepEqual(ranges('gamma'), [null, 'bytes=100000-']);
  await press('gamma', words.modelsDelete);
  server.rangeless.clear();
  await row('gamma').getByRole('button', { name: start('modelsDownload') }).waitFor();
});

test('to cancel leaves nothing', PATIENCE, async () => {
  server.misbehave('gamma.gguf', { hold: 70_000 });
  await press('gamma', start('modelsDownload'));
  await until('some of it', async () => (await stored()).includes('gamma.json'));
  await says('gamma', /%/);
  await press('gamma', words.modelsCancel);
  await row('gamma').getByRole('button', { name: start('modelsDownload') }).waitFor();
  assert.deepEqual(await stored(), whole('alpha', 'beta'));
  server.release();
});

test('where the disk is full, nothing is fetched; it goes on when there is room', PATIENCE, async () => {
  server.asked.length = 0;
  const session = await sotto.context.newCDPSession(settings);
  const quota = (quotaSize) => session.send('Storage.overrideQuotaForOrigin', { origin: EXTENSION_ORIGIN, quotaSize });
  await quota(1e6);
  await press('gamma', start('modelsDownload'));
  await says('gamma', words.errorDiskFull);
  assert.deepEqual(server.asked, []);
  await quota(undefined);
  await press('gamma', words.modelsResume);
  await row('gamma').getByRole('button', { name: words.modelsDelete }).waitFor();
  await press('gamma', words.modelsDelete);
  await row('gamma').getByRole('button', { name: start('modelsDownload') }).waitFor();
});

test('a download that the browser closed on is there when it starts again, and goes on', PATIENCE, async () => {
  server.misbehave('gamma.gguf', { hold: 70_000 });
  await press('gamma', start('modelsDownload'));
  await until('some of it', async () => (await stored()).some((name) => name.startsWith('gamma.gguf 7') || name.startsWith('gamma.gguf 6')));
  await sotto.close();
  server.release();
  server.asked.length = 0;
  await open();
  await openSettings();
  await row('gamma').getByRole('button', { name: words.modelsResume }).waitFor();
  assert.deepEqual(server.asked, [], 'nothing is fetched before it is asked for');
  await press('gamma', words.modelsResume);
  await row('gamma').getByRole('button', { name: words.modelsDelete }).waitFor();
  const [range] = ranges('gamma');
  assert.match(range, /^bytes=\d+-$/);
  await press('gamma', words.modelsDelete);
  await row('gamma').getByRole('button', { name: start('modelsDownload') }).waitFor();
});

test('a file of this computer is taken in by the picker', PATIENCE, async () => {
  const file = join(folder, 'mine.gguf');
  await writeFile(file, gamma);
  await settings.locator('file-drop input').setInputFiles(file);
  await says('Gamma', 'mine.gguf');
  await press('Gamma', words.modelsUse);
  await answersWith('Gamma');
});

test('a split model is taken in with all its parts, and answers; without all of them it says so', PATIENCE, async () => {
  const files = splitModel(await tinyModel('Delta')).map((bytes, i) => [join(folder, `delta-0000${i + 1}-of-00002.gguf`), bytes]);
  for (const [file, bytes] of files) await writeFile(file, bytes);
  await settings.locator('file-drop input').setInputFiles(files[0][0]);
  await says('delta-00001', words.errorPartsMissing);
  await press('delta-00001', words.dismiss);
  await settings.locator('file-drop input').setInputFiles([files[1][0], files[0][0]]);
  await says('Delta', 'delta-00001-of-00002.gguf');
  await press('Delta', words.modelsUse);
  await answersWith('Delta');
  await press('Gamma', words.modelsUse);
  await answersWith('Gamma');
  await press('Delta', words.modelsDelete);
  await gone('Delta');
});

test('the model in use is deleted at one click; without another one that is told', PATIENCE, async () => {
  await press('Gamma', words.modelsDelete);
  await until('the file to go', async () => (await stored()).length === whole('alpha', 'beta').length);
  const state = await panel.engineMessage(['failed']);
  assert.equal(state.code, 'model-missing');
});

test('a file that is dropped is taken in; what is no model is told so', PATIENCE, async () => {
  const drop = (name, base64) =>
    settings.locator('file-drop').evaluate(
      (element, [name, base64]) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([bytes], name));
        element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      },
      [name, base64],
    );
  await drop('letter.gguf', Buffer.from('Dear Sir, '.repeat(1000)).toString('base64'));
  await says('letter.gguf', words.errorNotAModel);
  await press('letter.gguf', words.dismiss);
  await gone('letter.gguf');
  const unknown = Buffer.from(gamma);
  unknown.write('qlama', unknown.indexOf('llama'));
  await drop('unknown.gguf', unknown.toString('base64'));
  await says('unknown.gguf', words.errorModelUnsupported);
  assert.match(await row('unknown.gguf').locator('details').textContent(), /architecture qlama/);
  await press('unknown.gguf', words.dismiss);
  await drop('dropped.gguf', gamma.toString('base64'));
  await says('Gamma', 'dropped.gguf');
});

test('a chosen model that is damaged is told in the panel, which offers the one of the package', PATIENCE, async () => {
  await mkdir(join(dist, 'model'));
  await writeFile(join(dist, 'model/default.gguf'), await tinyModel('Inside'));
  await press('alpha', words.modelsUse);
  await answersWith('Alpha');
  await panel.engineMessage(['unloaded'], { type: 'unload' });
  await panel.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('models');
    const writable = await (await folder.getFileHandle('alpha.gguf')).createWritable();
    await writable.write('GGUF and then nothing');
    await writable.close();
  });
  await panel.ask('Are you well?');
  const button = (name) => [...document.querySelectorAll('engine-detail button')].find(({ textContent }) => textContent === name);
  await until('the offer', () => panel.evaluate(`(name) => !!(${button})(name)`, words.usePackaged));
  await panel.evaluate(`(name) => (${button})(name).click()`, words.usePackaged);
  await answersWith('Inside');
});

test('to delete everything deletes the models, also while one is on its way', PATIENCE, async () => {
  server.misbehave('gamma.gguf', { hold: 70_000 });
  await press('gamma', start('modelsDownload'));
  await says('gamma', /%/);
  await settings.getByRole('button', { name: words.optionsWipe }).click();
  await settings.getByRole('button', { name: words.optionsWipeConfirm }).click();
  await settings.getByText(words.optionsWiped).waitFor();
  assert.deepEqual(await stored(), []);
  // The list says so too: it can be had again.
  await row('gamma').getByRole('button', { name: start('modelsDownload') }).waitFor({ timeout: 20_000 });
  assert.equal(await settings.getByRole('button', { name: words.modelsDelete, exact: true }).count(), 0);
  server.release();
});
