import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../load.mjs';

const { pageText } = await load('text.ts', import.meta.url);
const VIEW = { left: 0, bottom: 0, right: 600, top: 800 };

/** A line of text at height `y` of the page. */
function line(str, y, { height = 10, x = 50 } = {}) {
  return { str, hasEOL: true, height, transform: [height, 0, 0, height, x, y] };
}

const text = (...pieces) => pageText(pieces, VIEW);

test('lines are joined to paragraphs, and gaps part them', () => {
  assert.equal(text(line('The first line', 700), line('goes on.', 688), line('Another one.', 660)), 'The first line goes on.\n\nAnother one.');
});

test('larger letters are a heading, and a step up is another column', () => {
  assert.equal(text(line('Tides', 700, { height: 18 }), line('They rise', 682)), 'Tides\n\nThey rise');
  assert.equal(text(line('left', 100), line('right', 700)), 'left\n\nright');
});

test('a word that a hyphen parts is one word; a dash and a name keep theirs', () => {
  assert.equal(text(line('the light-', 700), line('house keeper', 688)), 'the lighthouse keeper');
  assert.equal(text(line('the Anglo-', 700), line('Saxon kings', 688)), 'the Anglo- Saxon kings');
});

test('lines without spaces between words go on without one', () => {
  assert.equal(text(line('\u6f6e\u304c\u6e80', 700), line('\u3061\u308b\u3002', 688)), '\u6f6e\u304c\u6e80\u3061\u308b\u3002');
});

test('what lies off the page or is too small to be read is left out', () => {
  assert.equal(text(line('seen', 700), line('beside', 690, { x: 900 }), line('below', -90), line('tiny', 680, { height: 1 })), 'seen');
});
