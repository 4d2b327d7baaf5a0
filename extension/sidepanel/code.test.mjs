import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../load.mjs';

const { codeJob, copyCode, isCommented, newCodeEntry } = await load('code.ts', import.meta.url);

const source = { kind: 'selection', title: '', text: 'x = 1\n', language: null, code: { language: 'python' } };

test('an entry asks for what it shows', () => {
  const entry = newCodeEntry(0, 'comment');
  assert.deepEqual(codeJob(entry, source), { type: 'explain', source, kind: 'comment' });
  assert.equal(isCommented(entry), true);
  entry.task = 'explain';
  assert.equal(codeJob(entry, source).kind, 'explain');
  assert.equal(isCommented(entry), false);
});

test('code is copied as it is; as Markdown in a fence that it cannot close', () => {
  const text = '\t# One.\n\tx = 1\n\n';
  assert.equal(copyCode(text, source, 'plain'), text);
  assert.equal(copyCode(text, source, 'markdown'), '```python\n\t# One.\n\tx = 1\n```\n');
  assert.equal(copyCode('a ```` b\n```', { ...source, code: { language: null } }, 'markdown'), '`````\na ```` b\n```\n`````\n');
});
