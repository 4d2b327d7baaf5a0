import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../load.mjs';

globalThis.chrome = { runtime: { id: 'own' } };
const { Gestures } = await load('gestures.ts', import.meta.url);

const sender = (change = {}) => ({ id: 'own', tab: { id: 4 }, frameId: 2, ...change });

test('a token is good once, for its frame', () => {
  const gestures = new Gestures();
  gestures.grant('t', 4, 2);
  assert.equal(gestures.redeem('t', sender()), true);
  assert.equal(gestures.redeem('t', sender()), false);
  assert.equal(gestures.redeem('unknown', sender()), false);
});

test('another sender gets nothing, and the token is spent', () => {
  for (const change of [{ id: 'other' }, { tab: { id: 5 } }, { tab: undefined }, { frameId: 0 }]) {
    const gestures = new Gestures();
    gestures.grant('t', 4, 2);
    assert.equal(gestures.redeem('t', sender(change)), false, JSON.stringify(change));
    assert.equal(gestures.redeem('t', sender()), false);
  }
});

test('a token runs out', (context) => {
  context.mock.timers.enable({ apis: ['Date'] });
  const gestures = new Gestures();
  gestures.grant('t', 4, 2);
  context.mock.timers.tick(30_001);
  assert.equal(gestures.redeem('t', sender()), false);
});
