// The bench page is in the extension only where it was asked for.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = resolve(fileURLToPath(import.meta.url), '../../..');

const build = (out, ...flags) =>
  promisify(execFile)(process.execPath, [join(ROOT, 'extension/build.mjs'), '--out', out, ...flags], { cwd: ROOT });

test('the shipped package has no bench page, not even where one was built before', async () => {
  const out = await mkdtemp(join(tmpdir(), 'sotto-package-'));
  try {
    await build(out, '--bench');
    assert.ok(existsSync(join(out, 'bench/index.html')) && existsSync(join(out, 'bench/main.js')));
    await build(out);
    assert.ok(existsSync(join(out, 'worker.js')));
    assert.ok(!existsSync(join(out, 'bench')));
  } finally {
    await rm(out, { recursive: true });
  }
});
