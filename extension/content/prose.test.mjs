import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../load.mjs';

const { isProse } = await load('prose.ts', import.meta.url);

test('sentences are prose, in whatever language', () => {
  for (const text of ['The tide rises twice a day, and falls as often.', 'Er fragt: „Warum?“ Sie weiß es.', '潮は一日に二度満ちる。', 'It costs $5 in #1 of JavaScript Weekly [2].']) {
    assert.equal(isProse(text), true, text);
  }
});

test('code is none, and what could be code is not taken for prose', () => {
  const codes = ['x = f(1)', 'SELECT name FROM users', 'import os.path', 'return a.b', 'if a:\n  b. c', '# Done. Now start.\nrun(1)', 'let a: [1]; // Why?', 'npm install', 'max_size is 3.'];
  for (const text of codes) assert.equal(isProse(text), false, text);
});
