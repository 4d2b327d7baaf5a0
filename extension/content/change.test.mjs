import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../load.mjs';

const { smallestChange } = await load('change.ts', import.meta.url);

function changed(before, after) {
  const { start, end, text } = smallestChange(before, after);
  assert.equal(before.slice(0, start) + text + before.slice(end), after, 'the change makes the new text of the old');
  return [before.slice(start, end), text];
}

test('only what differs is replaced', () => {
  assert.deepEqual(changed('He wants tea.', 'He would like tea.'), ['ants', 'ould like']);
  assert.deepEqual(changed('same', 'same'), ['', '']);
  assert.deepEqual(changed('', 'new'), ['', 'new']);
  assert.deepEqual(changed('old', ''), ['old', '']);
  assert.deepEqual(changed('aa', 'aaa'), ['', 'a']);
  assert.deepEqual(changed('aaa', 'aa'), ['a', '']);
  assert.deepEqual(changed('one two three', 'zero two four'), ['one two three', 'zero two four']);
});

test('surrogate pairs are never parted', () => {
  // Both begin with the same high surrogate; the second two end with the same low one.
  assert.deepEqual(changed('a😀b', 'a😁b'), ['😀', '😁']);
  assert.deepEqual(changed('\u{1F600}', '\u{1FA00}'), ['\u{1F600}', '\u{1FA00}']);
});
