// Generated text: blocks, flags, the clipboard; and where the card stands.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadTs } from '../load-ts.mjs';

const { copyText, cutAtFlags, doubt, isUnchanged, newOutcome, PAGE, place, rewriteParts, takeEvent, toBlocks, wording } = await loadTs(
  'tests/sidepanel/modules.ts',
);

const kinds = (text) => toBlocks(text, []).map((block) => [block.kind, block.runs.map((run) => run.text).join('')]);

test('lines that begin with a marker are items, others paragraphs', () => {
  assert.deepEqual(kinds('- one\n* two\n• three\n\n  four  \n12. twelve\n- \n-'), [
    ['bullet', 'one'],
    ['bullet', 'two'],
    ['bullet', 'three'],
    ['paragraph', 'four'],
    ['numbered', 'twelve'],
  ]);
  assert.equal(toBlocks('12. twelve', [])[0].number, 12);
});

test('what looks like a marker within a line is text', () => {
  assert.deepEqual(kinds('-5 degrees\n3.5 metres\na - b'), [
    ['paragraph', '-5 degrees'],
    ['paragraph', '3.5 metres'],
    ['paragraph', 'a - b'],
  ]);
});

test('sentences cut a block into runs that join to its text', () => {
  const text = '- One. Two 🌊.\nThree';
  const sentence = (start, end) => ({ start, end, passage: null, flags: [] });
  const sentences = [sentence(0, 6), sentence(7, 14)];
  const blocks = toBlocks(text, sentences);
  assert.deepEqual(
    blocks.map((block) => block.runs.map((run) => [run.text, run.sentence])),
    [
      [
        ['One.', sentences[0]],
        [' ', null],
        ['Two 🌊.', sentences[1]],
      ],
      [['Three', null]],
    ],
  );
});

test('a sentence over two lines is in both, and offsets out of range do no harm', () => {
  const sentences = [{ start: 0, end: 999, passage: null, flags: [] }];
  assert.deepEqual(
    toBlocks('One\ntwo', sentences).map((block) => block.runs.map((run) => run.text)),
    [['One'], ['two']],
  );
  assert.deepEqual(toBlocks('', sentences), []);
  assert.equal(toBlocks('x', [{ start: 5, end: 2, passage: null, flags: [] }])[0].runs[0].text, 'x');
});

test('flags cut text into pieces that join to it, even where they overlap', () => {
  const flag = (start, end) => ({ start, end, kind: 'number', text: '' });
  const pieces = cutAtFlags('abcdefgh', 10, [flag(0, 11), flag(12, 15), flag(14, 16), flag(90, 99)]);
  assert.deepEqual(
    pieces.map((piece) => [piece.text, piece.flag !== null]),
    [
      ['a', true],
      ['b', false],
      ['cde', true],
      ['f', true],
      ['gh', false],
    ],
  );
});

test('Markdown keeps lists and names the page; nothing of the text is read as Markdown', () => {
  const text = 'Intro *not bold*\n- a [link](x)\n- b\nEnd <b>';
  assert.equal(
    copyText(text, PAGE, 'markdown'),
    `Intro \\*not bold\\*\n\n- a \\[link\\](x)\n- b\n\nEnd \\<b\\>\n\n[${PAGE.source.title}](<${PAGE.url}>)\n`,
  );
  assert.equal(copyText(text, PAGE, 'plain'), 'Intro *not bold*\n\n• a [link](x)\n• b\n\nEnd <b>\n');
});

test('only web addresses become links', () => {
  assert.ok(!copyText('x', { ...PAGE, url: 'javascript:alert(1)' }, 'markdown').includes('javascript'));
});

test('the wording is what the diff leads to', () => {
  const outcome = newOutcome();
  takeEvent(outcome, { type: 'text', text: ' Yes. ' });
  assert.equal(wording(outcome, 'No.'), ' Yes. ');
  assert.equal(doubt(outcome), 'partial');
  const parts = [
    { kind: 'delete', text: 'No' },
    { kind: 'insert', text: 'Yes' },
    { kind: 'equal', text: '.' },
  ];
  const diff = { type: 'diff', parts, flags: [], added: [], notes: [], corrections: [] };
  takeEvent(outcome, diff);
  takeEvent(outcome, { type: 'done', reason: 'complete', stats: {} });
  assert.equal(wording(outcome, 'No.'), 'Yes.');
  assert.equal(isUnchanged(outcome), false);
  assert.equal(doubt(outcome), null);
  const span = { start: 0, end: 2, text: 'No' };
  for (const doubtful of [{ flags: [{ ...span, kind: 'name' }] }, { added: [{ ...span, kind: 'name' }] }, { notes: [{ ...span, kind: 'dropped' }] }]) {
    takeEvent(outcome, { ...diff, ...doubtful });
    assert.equal(doubt(outcome), 'flags');
  }
  takeEvent(outcome, { ...diff, notes: [{ ...span, kind: 'kept' }] });
  assert.equal(doubt(outcome), null, 'what stays as it was does no harm');
});

test('of proofread text, what is accepted is made', () => {
  const original = 'helo Ana, its 42';
  // Offsets: "helo" 0 to 4, "its" 10 to 13, "42" 14 to 16.
  const corrections = [
    { start: 0, end: 4, text: 'Hello', reason: 'spelling', flag: null, suggested: true },
    { start: 10, end: 13, text: 'it’s', reason: 'grammar', flag: null, suggested: true },
    { start: 14, end: 16, text: '24', reason: 'wording', flag: 'number', suggested: false },
    { start: 16, end: 16, text: '.', reason: 'punctuation', flag: null, suggested: true },
  ];
  const outcome = newOutcome();
  takeEvent(outcome, { type: 'diff', parts: [], flags: [{ start: 14, end: 16, kind: 'number', text: '42' }], added: [], notes: [], corrections });
  takeEvent(outcome, { type: 'done', reason: 'complete', stats: {} });
  assert.equal(wording(outcome, original), 'Hello Ana, it’s 42.');
  assert.equal(doubt(outcome), null, 'what is flagged is not made by itself');
  outcome.accepted = new Set([2]);
  assert.equal(wording(outcome, original), 'helo Ana, its 24');
  assert.deepEqual(
    rewriteParts(outcome, original).map(({ kind }) => kind),
    ['equal', 'delete', 'insert'],
  );
  outcome.accepted = new Set();
  assert.equal(wording(outcome, original), original);
});

test('the card stands below, else above, else within the window', () => {
  const view = { width: 800, height: 600 };
  const card = { width: 400, height: 200 };
  assert.deepEqual(place({ x: 100, y: 100, width: 300, height: 40 }, card, view), { left: 100, top: 148 });
  assert.deepEqual(place({ x: 100, y: 500, width: 300, height: 40 }, card, view), { left: 100, top: 292 });
  assert.deepEqual(place({ x: 700, y: 10, width: 90, height: 580 }, card, view), { left: 392, top: 392 });
  assert.deepEqual(place({ x: -50, y: -900, width: 90, height: 20 }, card, view), { left: 8, top: 8 });
});
