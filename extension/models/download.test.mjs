import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { load } from '../load.mjs';
import { bytesOf, CheckDouble, digest, MemoryFile, server } from './doubles.mjs';

const { download } = await load('download.ts', import.meta.url);
const BYTES = bytesOf(10_000);
const WANTED = { address: 'https://models.example.org/a.gguf', bytes: BYTES.length, sha256: digest(BYTES) };

/** Downloads from `from`; gives what came of it, the file, the waits and the progress. */
async function get(from, { file = new MemoryFile(), wanted = WANTED, signal = new AbortController().signal, onProgress = () => {} } = {}) {
  const waits = [];
  const told = [];
  const means = {
    fetch: from.fetch,
    check: (bytes) => new CheckDouble(bytes),
    wait: async (ms) => void waits.push(ms),
    signal,
    progress(bytes, fresh) {
      told.push([bytes, fresh]);
      onProgress(bytes);
    },
  };
  const outcome = await download(wanted, file, means).catch((error) => error);
  return { outcome, file, waits, told };
}

afterEach(() => assert.equal(CheckDouble.open, 0, 'every check is freed once'));

test('a file comes whole, in one go', async () => {
  const from = server(BYTES);
  const { outcome, file, told } = await get(from);
  assert.equal(outcome.sha256?.[0], WANTED.sha256);
  assert.deepEqual(file.bytes, BYTES);
  assert.deepEqual(from.asked, ['all']);
  assert.deepEqual(told.at(-1), [BYTES.length, true]);
});

for (const percent of [0, 50, 99]) {
  test(`cut at ${percent}%, it goes on where it was`, async () => {
    const cut = (BYTES.length * percent) / 100;
    const from = server(BYTES, { cuts: [cut] });
    const { outcome, file } = await get(from);
    assert.equal(outcome.sha256?.[0], WANTED.sha256);
    assert.deepEqual(file.bytes, BYTES);
    assert.deepEqual(from.asked, ['all', cut > 0 ? `bytes=${cut}-` : 'all']);
  });
}

test('what was there from an earlier time is looked at, and not fetched again', async () => {
  const file = new MemoryFile();
  file.write(BYTES.subarray(0, 7000), { at: 0 });
  const from = server(BYTES);
  const { outcome, told } = await get(from, { file });
  assert.equal(outcome.sha256?.[0], WANTED.sha256);
  assert.deepEqual(from.asked, ['bytes=7000-']);
  assert.deepEqual(told[0], [7000, false]);
});

test('what was there and is damaged is found out at the end', async () => {
  const file = new MemoryFile();
  file.write(bytesOf(7000).map((byte, i) => (i === 5000 ? byte ^ 1 : byte)), { at: 0 });
  assert.equal((await get(server(BYTES), { file })).outcome.code, 'download-wrong');
});

test('a file that is whole already asks for nothing', async () => {
  const file = new MemoryFile();
  file.write(BYTES, { at: 0 });
  const from = server(BYTES);
  assert.equal((await get(from, { file })).outcome.sha256?.[0], WANTED.sha256);
  assert.deepEqual(from.asked, []);
});

test('one that is longer than it should be comes anew', async () => {
  const file = new MemoryFile();
  file.write(bytesOf(12_000), { at: 0 });
  const from = server(BYTES);
  assert.equal((await get(from, { file })).outcome.sha256?.[0], WANTED.sha256);
  assert.deepEqual(from.asked, ['all']);
});

test('a server without ranges sends all of it again', async () => {
  const from = server(BYTES, { cuts: [6000], ranges: false });
  const { outcome, file } = await get(from);
  assert.equal(outcome.sha256?.[0], WANTED.sha256);
  assert.deepEqual(file.bytes, BYTES);
});

test('where nothing more comes, it is tried four times, each after a longer wait, and what came stays', async () => {
  const from = server(BYTES, { cuts: [4000, 4000, 4000, 4000, 4000] });
  const { outcome, file, waits } = await get(from);
  assert.equal(outcome.code, 'download-cut');
  assert.equal(file.getSize(), 4000);
  assert.deepEqual(waits, [500, 1000, 2000, 4000]);
});

test('as long as something comes, it is tried again and again', async () => {
  const cuts = Array.from({ length: 9 }, (_, i) => (i + 1) * 1000);
  assert.equal((await get(server(BYTES, { cuts }))).outcome.sha256?.[0], WANTED.sha256);
});

test('a server that is out of reach is waited for', async () => {
  assert.equal((await get(server(BYTES, { gone: 3 }))).outcome.sha256?.[0], WANTED.sha256);
  assert.equal((await get(server(BYTES, { status: 503 }))).outcome.code, 'download-cut');
});

test('one that says nothing more is asked again', { timeout: 10_000 }, async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const from = server(BYTES, { silent: [4000] });
  const getting = get(from);
  while (!from.asked.includes('bytes=4000-')) {
    await new Promise((done) => setImmediate(done));
    t.mock.timers.tick(1000);
  }
  const { outcome, file } = await getting;
  assert.equal(outcome.sha256?.[0], WANTED.sha256);
  assert.deepEqual(file.bytes, BYTES);
});

test('one that refuses the rest of what it gave before, or gives something else, costs nothing of it', async () => {
  for (const other of [{ status: 401 }, { status: 403 }, { status: 404 }, { ranges: false, length: 200 }]) {
    const file = new MemoryFile();
    file.write(BYTES.subarray(0, 4000), { at: 0 });
    const { outcome } = await get(server(BYTES, other), { file });
    assert.equal(outcome.code, 'download-cut');
    assert.equal(file.getSize(), 4000);
  }
});

test('one that does not have the file is not asked again', async () => {
  for (const status of [403, 404, 410]) {
    const from = server(BYTES, { status });
    const { outcome } = await get(from);
    assert.equal(outcome.code, 'download-missing');
    assert.match(outcome.message, new RegExp(status));
    assert.equal(from.asked.length, 1);
  }
});

test('a corrupted byte is refused', async () => {
  const corrupted = BYTES.map((byte, i) => (i === 9000 ? byte ^ 1 : byte));
  const { outcome } = await get(server(corrupted));
  assert.equal(outcome.code, 'download-wrong');
  assert.match(outcome.message, new RegExp(digest(corrupted)));
});

test('a wrong length is refused before it is fetched, and also where the server does not say it', async () => {
  const longer = bytesOf(10_001);
  const { outcome, file } = await get(server(longer));
  assert.equal(outcome.code, 'download-wrong');
  assert.equal(file.getSize(), 0);
  assert.equal((await get(server(longer, { length: BYTES.length }))).outcome.code, 'download-wrong');
  assert.equal((await get(server(BYTES, { status: 416 }))).outcome.code, 'download-wrong');
});

test('what is no model is refused at its first bytes', async () => {
  const other = BYTES.map((byte) => byte + 1);
  const { outcome, told } = await get(server(other));
  assert.equal(outcome.code, 'not-a-model');
  assert.deepEqual(told, []);
});

test('a full disk keeps what came', async () => {
  const { outcome, file } = await get(server(BYTES), { file: new MemoryFile(5000) });
  assert.equal(outcome.name, 'QuotaExceededError');
  assert.equal(file.getSize(), 5000);
});

test('an end that was asked for is one, and nothing is tried again', async () => {
  const end = new AbortController();
  const from = server(BYTES);
  const { outcome } = await get(from, { signal: end.signal, onProgress: (bytes) => bytes >= 3000 && end.abort() });
  assert.equal(outcome.name, 'AbortError');
  assert.equal(from.asked.length, 1);
});
