import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../load.mjs';

const { changed: applied, changesOf, enclosing, smallestChange } = await load('change.ts', import.meta.url);

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

const PARTS = [
  { kind: 'equal', text: 'He ' },
  { kind: 'delete', text: 'wants' },
  { kind: 'insert', text: 'would like' },
  { kind: 'equal', text: ' tea, and ' },
  { kind: 'insert', text: 'so ' },
  { kind: 'equal', text: 'she ' },
  { kind: 'delete', text: 'really ' },
  { kind: 'equal', text: 'does.' },
];
const BEFORE = 'He wants tea, and she really does.';
const AFTER = 'He would like tea, and so she does.';

test('each change of a diff is as small as it can be, and all of them make the new text', () => {
  const changes = changesOf(PARTS, 0);
  assert.deepEqual(changes.map(({ start, end, text }) => [BEFORE.slice(start, end), text]), [['ants', 'ould like'], ['', 'so '], ['really ', '']]);
  assert.equal(applied(BEFORE, changes), AFTER);
});

test('changes of a part of a text stand where the part does', () => {
  const changes = changesOf(PARTS, 4);
  assert.equal(applied(`Oh, ${BEFORE} Yes.`, changes), `Oh, ${AFTER} Yes.`);
});

test('a diff without a change makes none', () => {
  assert.deepEqual(changesOf([{ kind: 'equal', text: 'same' }], 0), []);
  assert.deepEqual(changesOf([{ kind: 'delete', text: 'same' }, { kind: 'insert', text: 'same' }], 0), []);
});

test('what encloses all changes begins with the first and ends with the last', () => {
  const whole = enclosing(BEFORE, changesOf(PARTS, 0));
  assert.equal(BEFORE.slice(whole.start, whole.end), 'ants tea, and she really ');
  assert.equal(whole.text, 'ould like tea, and so she ');
});
