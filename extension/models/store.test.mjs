import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../load.mjs';
import { bytesOf, CheckDouble, digest, MemoryFile, server } from './doubles.mjs';

const { Store } = await load('store.ts', import.meta.url);
const { group } = await load('take-in.ts', import.meta.url);
const { Pace } = await load('pace.ts', import.meta.url);

const BYTES = bytesOf(10_000);
const GPU = { name: 'A GPU', software: false, bindingBytes: 1e9, memoryBytes: 8e9 };

function offer(id, bytes = BYTES) {
  const needs = { weightBytes: 1, cacheBytes: 1, scratchBytes: 1, largestBindingBytes: 1 };
  const licence = { name: 'MIT', link: 'https://models.example.org/licence' };
  const about = { name: id, licence, parameters: 1, quantisation: 'Q4_0', contextTokens: 1, needs };
  return { id, address: `https://models.example.org/${id}.gguf`, bytes: bytes.length, sha256: digest(bytes), ...about };
}

/** A disk in memory, which can be used by one store after another. */
class MemoryDisk {
  files = new Map();
  kept = new Map();
  freeBytes = 1e12;

  async cards() {
    return [...this.kept.values()].map((card) => structuredClone(card));
  }

  async keep(card) {
    this.kept.set(card.id, structuredClone(card));
  }

  async open(name) {
    const file = this.files.get(name) ?? new MemoryFile();
    file.isOpen = true;
    this.files.set(name, file);
    return file;
  }

  async size(name) {
    return this.files.get(name)?.getSize() ?? 0;
  }

  async remove({ id, files }) {
    for (const name of files) assert.ok(!this.files.get(name)?.isOpen, `${name} is open`);
    this.kept.delete(id);
    for (const name of files) this.files.delete(name);
  }

  async sweep() {
    const known = new Set([...this.kept.values()].flatMap(({ files }) => files));
    for (const name of this.files.keys()) if (!known.has(name)) this.files.delete(name);
  }

  async space() {
    return { usedBytes: 0, freeBytes: this.freeBytes };
  }

  /** What there is, whatever a store says. */
  names() {
    return [...this.kept.keys(), ...this.files.keys()].sort();
  }
}

/** A store that has begun. `last()` is what it told last, `until(test)` waits for what it will tell. */
async function open(disk, { offers = [offer('a'), offer('b')], from = server(BYTES), fit = () => 'fits' } = {}) {
  let now = 0;
  let last = null;
  const told = [];
  let heard = () => {};
  const store = new Store(
    { hosts: [], packaged: null, models: offers },
    {
      disk,
      fetch: from.fetch,
      wait: async () => {},
      now: () => (now += 1),
      gpu: async () => GPU,
      isPackaged: async () => true,
      engine: async () => ({ check: (bytes) => new CheckDouble(bytes), fit }),
      tell(snapshot) {
        told.push((last = structuredClone(snapshot)));
        heard();
      },
    },
  );
  await store.begin();
  const until = async (test) => {
    while (!(last && test(last))) await new Promise((done) => (heard = done));
    return last;
  };
  return { store, until, told, look: async () => (await store.handle({ type: 'look' }), last) };
}

const arrival = ({ arrivals }, id) => arrivals.find((one) => one.id === id);

function file(name, bytes) {
  return { name, size: bytes.length, stream: () => new Blob([bytes]).stream() };
}

test('before anything is asked for, nothing is fetched', async () => {
  const from = server(BYTES);
  const { look } = await open(new MemoryDisk(), { from });
  const { models, arrivals, packaged, fits } = await look();
  assert.deepEqual({ models, arrivals, packaged, fits }, { models: [], arrivals: [], packaged: true, fits: { a: 'fits', b: 'fits' } });
  assert.deepEqual(from.asked, []);
});

test('two downloads come one after the other', async () => {
  const disk = new MemoryDisk();
  const { store, until, told } = await open(disk);
  await store.handle({ type: 'download', id: 'a' });
  await store.handle({ type: 'download', id: 'b' });
  const { models } = await until((snapshot) => snapshot.models.length === 2 && snapshot.arrivals.length === 0);
  assert.deepEqual(models.map(({ id, isWhole }) => [id, isWhole]), [['a', true], ['b', true]]);
  assert.ok(told.every(({ arrivals }) => arrivals.filter(({ state }) => state === 'running').length <= 1));
  assert.ok(told.some((snapshot) => arrival(snapshot, 'b')?.state === 'queued'));
  assert.ok(told.some((snapshot) => arrival(snapshot, 'a')?.secondsLeft > 0));
  assert.deepEqual(disk.files.get('a.gguf').bytes, BYTES);
});

test('to cancel leaves nothing, whether it runs or waits, and the next one goes on', async () => {
  const disk = new MemoryDisk();
  const { store, until } = await open(disk, { offers: [offer('a'), offer('b'), offer('c')] });
  for (const id of ['a', 'b', 'c']) await store.handle({ type: 'download', id });
  await until((snapshot) => arrival(snapshot, 'a')?.bytes > 0);
  await store.handle({ type: 'cancel', id: 'a' });
  await store.handle({ type: 'cancel', id: 'b' });
  await until(({ models, arrivals }) => models.length === 1 && arrivals.length === 0);
  assert.deepEqual(disk.names(), ['c', 'c.gguf']);
});

test('what was cut is there when the store begins again, and goes on when it is asked to', async () => {
  const disk = new MemoryDisk();
  const cuts = [4000, 4000, 4000, 4000, 4000];
  const first = await open(disk, { from: server(BYTES, { cuts }) });
  await first.store.handle({ type: 'download', id: 'a' });
  const stopped = arrival(await first.until((snapshot) => arrival(snapshot, 'a')?.state === 'stopped'), 'a');
  assert.deepEqual([stopped.bytes, stopped.failure.code], [4000, 'download-cut']);

  const from = server(BYTES);
  const second = await open(disk, { from });
  assert.deepEqual([arrival(await second.look(), 'a').state, arrival(await second.look(), 'a').bytes], ['stopped', 4000]);
  assert.deepEqual(from.asked, []);
  await second.store.handle({ type: 'download', id: 'a' });
  await second.until(({ models }) => models.length === 1);
  assert.deepEqual(from.asked, ['bytes=4000-']);
});

test('what an older catalogue called by this name is not gone on with', async () => {
  const disk = new MemoryDisk();
  const first = await open(disk, { from: server(BYTES, { cuts: [4000, 4000, 4000, 4000, 4000] }) });
  await first.store.handle({ type: 'download', id: 'a' });
  await first.until((snapshot) => arrival(snapshot, 'a')?.state === 'stopped');
  const second = await open(disk, { offers: [offer('a', bytesOf(9999))] });
  assert.deepEqual((await second.look()).arrivals, []);
  assert.deepEqual(disk.names(), []);
});

test('a wrong file is deleted and told, and can be asked for again', async () => {
  const disk = new MemoryDisk();
  const corrupted = BYTES.map((byte, i) => (i === 9000 ? byte ^ 1 : byte));
  const { store, until } = await open(disk, { from: server(corrupted) });
  await store.handle({ type: 'download', id: 'a' });
  const { failure } = arrival(await until((snapshot) => arrival(snapshot, 'a')?.state === 'failed'), 'a');
  assert.equal(failure.code, 'download-wrong');
  assert.deepEqual(disk.names(), []);
  await store.handle({ type: 'cancel', id: 'a' });
  assert.deepEqual((await until(({ arrivals }) => arrivals.length === 0)).models, []);
});

test('room is asked for first: nothing is fetched where there is none, and it goes on when there is', async () => {
  const disk = new MemoryDisk();
  disk.freeBytes = 9000;
  const from = server(BYTES);
  const { store, until } = await open(disk, { from });
  await store.handle({ type: 'download', id: 'a' });
  const { failure } = arrival(await until((snapshot) => arrival(snapshot, 'a')?.state === 'stopped'), 'a');
  assert.equal(failure.code, 'disk-full');
  assert.deepEqual(from.asked, []);
  disk.freeBytes = 1e12;
  await store.handle({ type: 'download', id: 'a' });
  await until(({ models }) => models.length === 1);
});

test('files of this computer are copied, the same one once', async () => {
  const disk = new MemoryDisk();
  const { store, until } = await open(disk);
  await store.handle({ type: 'take-in', files: [file('mine.gguf', BYTES)] });
  const { models } = await until(({ models, arrivals }) => models.length === 1 && arrivals.length === 0);
  assert.equal(models[0].name, '10000 bytes');
  assert.deepEqual(models[0].origin, { from: 'disk', fileName: 'mine.gguf' });
  assert.deepEqual(models[0].sha256, [digest(BYTES)]);
  const before = disk.names();
  await store.handle({ type: 'take-in', files: [file('again.gguf', BYTES)] });
  const [{ id, failure }] = (await until(({ arrivals }) => arrivals[0]?.state === 'failed')).arrivals;
  assert.deepEqual(failure, { code: 'model-present', detail: 'it is 10000 bytes' });
  await store.handle({ type: 'cancel', id });
  assert.deepEqual(disk.names(), before);
  await store.handle({ type: 'delete', id: models[0].id });
  assert.deepEqual(disk.names(), []);
});

test('what is no model is not kept', async () => {
  const disk = new MemoryDisk();
  const { store, until } = await open(disk);
  await store.handle({ type: 'take-in', files: [file('letter.gguf', BYTES.map((byte) => byte + 1))] });
  const [{ failure }] = (await until(({ arrivals }) => arrivals[0]?.state === 'failed')).arrivals;
  assert.equal(failure.code, 'not-a-model');
  assert.deepEqual(disk.names(), []);
});

test('a chosen file that changes while it is copied is told, and not kept', async () => {
  const disk = new MemoryDisk();
  const { store, until } = await open(disk);
  const changed = new ReadableStream({
    start(controller) {
      controller.enqueue(BYTES.slice(0, 1000));
    },
    pull(controller) {
      controller.error(new DOMException('changed', 'NotReadableError'));
    },
  });
  await store.handle({ type: 'take-in', files: [{ ...file('mine.gguf', BYTES), stream: () => changed }] });
  const [{ failure }] = (await until(({ arrivals }) => arrivals[0]?.state === 'failed')).arrivals;
  assert.deepEqual(failure, { code: 'model-corrupt', detail: 'changed' });
  assert.deepEqual(disk.names(), []);
});

test('a split model is one, with its parts in order; without all of them it is refused', async () => {
  const disk = new MemoryDisk();
  const { store, until } = await open(disk);
  const parts = [1, 2, 3].map((part) => file(`big-0000${part}-of-00003.gguf`, bytesOf(1000 * part)));
  await store.handle({ type: 'take-in', files: [parts[2], parts[0], parts[1]] });
  const { models } = await until(({ models }) => models.length === 1);
  assert.deepEqual(models[0].files.map((name) => disk.files.get(name).getSize()), [1000, 2000, 3000]);
  assert.deepEqual([models[0].name, models[0].bytes], ['6000 bytes', 6000]);
  await store.handle({ type: 'take-in', files: [parts[0], parts[2]] });
  const [{ failure }] = (await until(({ arrivals }) => arrivals[0]?.state === 'failed')).arrivals;
  assert.equal(failure.code, 'parts-missing');
});

test('a model is no longer told of while its files are being deleted', async () => {
  const disk = new MemoryDisk();
  const { store, until } = await open(disk);
  await store.handle({ type: 'download', id: 'a' });
  await until(({ models, arrivals }) => models.length === 1 && arrivals.length === 0);
  let removed;
  const { remove } = disk;
  disk.remove = (card) => new Promise((done) => (removed = done)).then(() => remove.call(disk, card));
  const deleting = store.handle({ type: 'delete', id: 'a' });
  await until(({ models }) => models.length === 0);
  removed();
  await deleting;
  assert.deepEqual(disk.names(), []);
});

test('what is asked for again while it is being cancelled comes whole', async () => {
  const disk = new MemoryDisk();
  const { store, until } = await open(disk, { from: server(BYTES, { cuts: [4000, 4000, 4000, 4000, 4000] }) });
  await store.handle({ type: 'download', id: 'a' });
  await until((snapshot) => arrival(snapshot, 'a')?.state === 'stopped');
  const { remove } = disk;
  disk.remove = async (card) => {
    await new Promise((done) => setTimeout(done, 20));
    return remove.call(disk, card);
  };
  const cancelling = store.handle({ type: 'cancel', id: 'a' });
  await store.handle({ type: 'download', id: 'a' });
  await cancelling;
  await until(({ models, arrivals }) => models.length === 1 && arrivals.length === 0);
  assert.deepEqual(disk.files.get('a.gguf').bytes, BYTES);
});

test('a card that says too little of a model does not hide the others', async () => {
  const disk = new MemoryDisk();
  const fit = (needs) => {
    if (needs === null) throw new Error('missing field');
    return 'fits';
  };
  await disk.keep({ id: 'old', name: 'old', files: ['old.gguf'], bytes: 1, sha256: [], facts: { needs: null }, isWhole: true });
  const { look } = await open(disk, { fit });
  assert.deepEqual((await look()).fits, { a: 'fits', b: 'fits' });
});

test('what was being copied when the browser closed is gone', async () => {
  const disk = new MemoryDisk();
  await disk.open('disk-half.gguf');
  await open(disk);
  assert.deepEqual(disk.names(), []);
});

test('files are put together by their names', () => {
  const names = ['a-00002-of-00002.gguf', 'b.gguf', 'a-00001-of-00002.gguf', 'a-00001-of-00003.gguf', 'b.gguf'];
  const groups = group(names.map((name) => ({ name }))).map(({ files, missing }) => [files.map(({ name }) => name), missing]);
  assert.deepEqual(groups, [
    [['a-00001-of-00002.gguf', 'a-00002-of-00002.gguf'], 0],
    [['b.gguf'], 0],
    [['a-00001-of-00003.gguf'], 2],
    [['b.gguf'], 0],
  ]);
});

test('speed is that of the last seconds', () => {
  const pace = new Pace();
  assert.equal(pace.bytesPerSecond(), null);
  for (let second = 0; second <= 20; second++) pace.add(second, second * (second < 10 ? 100 : 1000));
  assert.equal(pace.bytesPerSecond(), 1000);
  assert.equal(pace.secondsLeft(25_000), 5);
  pace.restart();
  assert.equal(pace.secondsLeft(25_000), null);
});
