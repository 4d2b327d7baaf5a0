import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../load.mjs';

const { chosenEntries } = await load('patience.ts', import.meta.url);

/** The entries of `all` that were chosen, by their places. */
function places(all, some) {
  return chosenEntries(all.split(' '), some === '' ? [] : some.split(' ')).flatMap((chosen, at) => (chosen ? [at] : []));
}

test('a selection is found in its order', () => {
  assert.deepEqual(places('a b c d e', 'b d'), [1, 3]);
  assert.deepEqual(places('a b c', 'a b c'), [0, 1, 2]);
  assert.deepEqual(places('a b c', ''), []);
  assert.deepEqual(places('a b c', 'x y'), []);
});

test('equal entries are told apart by their neighbours', () => {
  // "more" stands in the navigation, in the article and in the footer; the article's is meant.
  assert.deepEqual(places('more home title first more second more', 'title first more second'), [2, 3, 4, 5]);
});

test('what has moved out of order does not drag the rest along', () => {
  assert.deepEqual(places('a b c d e f', 'f b c d'), [1, 2, 3]);
});

test('many equal entries take no forever', () => {
  const all = new Array(20_000).fill('x');
  assert.equal(chosenEntries(all, all).every(Boolean), true);
});
