import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../load.mjs';

const { Broker } = await load('broker.ts', import.meta.url);

const STATS = { promptTokens: 3, reusedTokens: 0, generatedTokens: 2, firstTokenSeconds: 1, decodeSeconds: 1 };
const REWRITE = { type: 'rewrite', text: 'he wants', tone: 'as-is', instruction: null, attempt: 0 };
const EXPLAIN = { type: 'explain', kind: 'explain', source: { kind: 'selection', title: '', text: 'x = 1', language: null, code: { language: null } } };
const CHAT = { type: 'chat', source: null, turns: [{ role: 'user', text: 'Why?' }] };

function setUp() {
  const posted = [];
  const busy = [];
  const kept = [];
  const save = async (name, instruction) => {
    if (name === 'broken') throw new Error('no service worker');
    kept.push([name, instruction]);
    return { id: '1', name, instruction };
  };
  const broker = new Broker({ post: (command) => posted.push(command) }, (now) => busy.push(now), save);
  const connect = (kind = 'panel') => {
    const got = [];
    const port = { postMessage: (message) => got.push(message) };
    broker.connect(port, kind);
    return { port, got, events: () => got.filter(({ type }) => type === 'event').map(({ seq, event }) => [seq, event.type]) };
  };
  const event = (id, seq, event) => broker.fromWorker({ type: 'event', id, seq, event });
  return { broker, posted, busy, kept, connect, event };
}

test('a surface that connects is told the state, and every change of it', () => {
  const { broker, connect } = setUp();
  const early = connect();
  broker.fromWorker({ type: 'state', state: 'loading', bytes: 1, totalBytes: 2 });
  const late = connect();
  assert.deepEqual(early.got.map(({ state }) => state), ['unloaded', 'loading']);
  assert.deepEqual(late.got, [{ type: 'state', state: 'loading', bytes: 1, totalBytes: 2 }]);
});

test('events go to the surface that asked, and to no other', () => {
  const { broker, posted, connect, event } = setUp();
  const [mine, other] = [connect(), connect()];
  broker.fromPort(mine.port, { type: 'start', id: 'r', job: CHAT });
  assert.deepEqual(posted, [{ type: 'request', id: 'r', job: CHAT }]);
  event('r', 0, { type: 'text', text: 'So' });
  event('r', 1, { type: 'done', reason: 'complete', stats: STATS });
  assert.deepEqual(mine.events(), [[0, 'text'], [1, 'done']]);
  assert.deepEqual(other.events(), []);
});

test('replay: everything but progress that a later report has replaced', () => {
  const { broker, connect, event } = setUp();
  const first = connect();
  broker.fromPort(first.port, { type: 'start', id: 'r', job: CHAT });
  event('r', 0, { type: 'queued', ahead: 1 });
  event('r', 1, { type: 'reading', done: 1, total: 2 });
  event('r', 2, { type: 'reading', done: 2, total: 2 });
  event('r', 3, { type: 'text', text: 'a' });
  broker.disconnect(first.port);
  event('r', 4, { type: 'text', text: 'b' });
  const second = connect();
  broker.fromPort(second.port, { type: 'resume', id: 'r', after: -1 });
  event('r', 5, { type: 'done', reason: 'complete', stats: STATS });
  assert.deepEqual(second.events(), [[2, 'reading'], [3, 'text'], [4, 'text'], [5, 'done']]);
  const third = connect();
  broker.fromPort(third.port, { type: 'resume', id: 'r', after: 3 });
  assert.deepEqual(third.events(), [[4, 'text'], [5, 'done']]);
});

test('an end that the engine owes comes after 80 ms, and is the only one', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { broker, posted, connect, event } = setUp();
  const { port, got, events } = connect();
  broker.fromPort(port, { type: 'start', id: 'r', job: CHAT });
  event('r', 0, { type: 'text', text: 'a' });
  broker.fromPort(port, { type: 'cancel', id: 'r' });
  assert.deepEqual(posted.at(-1), { type: 'cancel', id: 'r' });
  context.mock.timers.tick(80);
  event('r', 1, { type: 'text', text: 'late' });
  event('r', 2, { type: 'done', reason: 'cancelled', stats: STATS });
  assert.deepEqual(events(), [[0, 'text'], [1, 'done']]);
  assert.equal(got.at(-1).event.reason, 'cancelled');
});

test("a field may rewrite, and what it started ends with it; a panel's requests are none of its business", () => {
  const { broker, posted, connect, event } = setUp();
  const [panel, field] = [connect(), connect('field')];
  broker.fromPort(panel.port, { type: 'start', id: 'p', job: CHAT });
  broker.fromPort(field.port, { type: 'start', id: 'f', job: REWRITE });
  broker.fromPort(field.port, { type: 'start', id: 'g', job: CHAT });
  broker.fromPort(field.port, { type: 'start', id: 'h', job: { ...REWRITE, text: 'x'.repeat(100_001) } });
  broker.fromPort(field.port, { type: 'start', id: 'i', job: { type: 'rewrite' } });
  broker.fromPort(field.port, { type: 'start', id: 'j', job: EXPLAIN });
  for (const type of ['resume', 'cancel']) broker.fromPort(field.port, { type, id: 'p', after: -1 });
  for (const type of ['unload', 'self-test']) broker.fromPort(field.port, { type });
  assert.deepEqual(posted.map(({ id }) => id), ['p', 'f']);
  assert.deepEqual(field.got.filter(({ type }) => type === 'event').map(({ id, event }) => [id, event.code]), [
    ['g', 'bad-request'], ['h', 'bad-request'], ['i', 'bad-request'], ['j', 'bad-request'],
  ]);
  event('p', 0, { type: 'text', text: 'secret' });
  assert.equal(field.got.some(({ id }) => id === 'p'), false);
  broker.disconnect(field.port);
  assert.deepEqual(posted.at(-1), { type: 'cancel', id: 'f' });
});

test("a field's rewrite has what rewrites have, in bounds, and nothing that comes along", () => {
  const { broker, posted, connect } = setUp();
  const { port, events } = connect('field');
  const own = { ...REWRITE, tone: 'own', instruction: 'x'.repeat(500) };
  broker.fromPort(port, { type: 'start', id: 'a', job: { ...own, preferences: { language: 'de', instructions: 'Obey.' } } });
  assert.deepEqual(posted, [{ type: 'request', id: 'a', job: own }]);
  for (const [at, instruction] of ['x'.repeat(501), 5, { length: 1 }, ['x'], undefined].entries()) {
    broker.fromPort(port, { type: 'start', id: `b${at}`, job: { ...own, instruction } });
  }
  assert.equal(posted.length, 1);
  assert.equal(events().length, 5);
});

test('a field may save rewrites of a sane length, so many times; a panel has its own way', async () => {
  const { broker, kept, connect } = setUp();
  const [panel, field] = [connect(), connect('field')];
  const save = async ({ port }, name, instruction) => {
    broker.fromPort(port, { type: 'save-rewrite', name, instruction });
    await new Promise((done) => setTimeout(done));
  };
  await save(panel, 'Pirate', 'As a pirate');
  await save(field, 'Pirate', 'As a pirate');
  await save(field, 'x'.repeat(41), 'As a pirate');
  await save(field, 'Long', 'x'.repeat(501));
  await save(field, { length: 1 }, 'As a pirate');
  await save(field, 'broken', 'As a pirate');
  assert.deepEqual(kept, [['Pirate', 'As a pirate']]);
  const answers = ({ got }) => got.filter(({ type }) => type === 'rewrite-saved').map(({ rewrite }) => rewrite);
  assert.deepEqual(answers(panel), []);
  assert.deepEqual(answers(field), [{ id: '1', name: 'Pirate', instruction: 'As a pirate' }, null, null, null]);
  for (let times = 0; times < 30; times++) await save(field, `${times}`, 'Again');
  assert.equal(kept.length, 17);
  const closed = connect('field');
  broker.fromPort(closed.port, { type: 'save-rewrite', name: 'Late', instruction: 'Late' });
  broker.disconnect(closed.port);
  await new Promise((done) => setTimeout(done));
  assert.deepEqual(answers(closed), []);
});

test('a lost worker ends what was under way, once, and says so in the state', () => {
  const { broker, busy, connect } = setUp();
  const { port, got, events } = connect();
  broker.fromPort(port, { type: 'start', id: 'r', job: CHAT });
  broker.workerLost('gone');
  broker.workerLost('gone');
  assert.deepEqual(events(), [[0, 'failed']]);
  assert.equal(got.at(-1).state, 'failed');
  assert.deepEqual(busy, [true, false]);
});

test('busy until the last request has ended', () => {
  const { broker, busy, connect, event } = setUp();
  const { port } = connect();
  for (const id of ['a', 'b']) broker.fromPort(port, { type: 'start', id, job: CHAT });
  event('a', 0, { type: 'done', reason: 'complete', stats: STATS });
  event('b', 0, { type: 'done', reason: 'complete', stats: STATS });
  assert.deepEqual(busy, [true, true, true, false]);
});

test('an id that is used again starts nothing', () => {
  const { broker, posted, connect } = setUp();
  const { port } = connect();
  for (let times = 0; times < 2; times++) broker.fromPort(port, { type: 'start', id: 'r', job: CHAT });
  assert.equal(posted.length, 1);
});

test('the events of old requests are dropped in the end', () => {
  const { broker, connect, event } = setUp();
  const { port, got } = connect();
  for (let n = 0; n < 40; n++) {
    broker.fromPort(port, { type: 'start', id: `r${n}`, job: CHAT });
    event(`r${n}`, 0, { type: 'done', reason: 'complete', stats: STATS });
  }
  const late = connect();
  broker.fromPort(late.port, { type: 'resume', id: 'r0', after: -1 });
  assert.equal(late.got.at(-1).event.code, 'gpu-lost');
  broker.fromPort(late.port, { type: 'resume', id: 'r39', after: -1 });
  assert.equal(late.got.at(-1).event.type, 'done');
  assert.equal(got.length, 1 + 40);
});

test('a speed test is the panel\'s, and its answer goes to whoever asked; a field gets none', () => {
  const { broker, posted, connect } = setUp();
  const [panel, other, field] = [connect(), connect(), connect('field')];
  broker.fromPort(field.port, { type: 'speed-test' });
  assert.deepEqual(posted, []);
  broker.fromPort(panel.port, { type: 'speed-test' });
  assert.equal(posted[0].type, 'bench');
  assert.ok(posted[0].generatedTokens >= 2);
  broker.fromWorker({ type: 'bench', loadSeconds: 1 });
  broker.fromPort(other.port, { type: 'speed-test' });
  broker.workerLost('crashed');
  const answers = ({ got }) => got.map(({ type }) => type).filter((type) => type !== 'state');
  assert.deepEqual([answers(panel), answers(other), answers(field)], [['bench'], ['benchFailed'], []]);
});
