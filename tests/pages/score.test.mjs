import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, words } from './score.mjs';

test('words are runs of letters and digits, and single characters where a script has no spaces', () => {
  assert.deepEqual(words('It’s Über-fast, v2!'), ['it', 's', 'über', 'fast', 'v2']);
  assert.deepEqual(words('第3章 です'), ['第', '3', '章', 'で', 'す']);
  assert.deepEqual(words('مرحبا بالعالم'), ['مرحبا', 'بالعالم']);
});

test('F1 counts every word as often as it stands there', () => {
  assert.equal(compare('a b c', 'c b a').f1, 1);
  assert.equal(compare('', 'a').f1, 0);
  const { f1, precision, recall, missing, extra } = compare('a a b x', 'a b b c');
  assert.deepEqual({ f1, precision, recall }, { f1: 0.5, precision: 0.5, recall: 0.5 });
  assert.deepEqual({ missing, extra }, { missing: ['b', 'c'], extra: ['a', 'x'] });
});
